/** Arguments that hold a caller's API key, which no query contains (ToolAlpaca). */
export const KEY_ARGUMENTS = ["access_key", "appid", "api_key"] as const;
