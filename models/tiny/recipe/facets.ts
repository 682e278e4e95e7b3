/** Kind of value that an argument takes; determines how it is drawn and typed. */
export type ValueKind = "entity" | "person" | "place" | "color" | "date" | "count" | "unit";

/**
 * One argument of a facet's tool. Optional arguments have a default and a phrase that mentions
 * them.
 */
export interface FacetArgument {
  readonly key: string;
  readonly kind: ValueKind;
  readonly optional?: {
    readonly fallback: string | number;
    /** Appended to the query if the argument is given; `{}` is its value. */
    readonly phrase: string;
  };
  /** Values of kind "unit". */
  readonly values?: readonly string[];
}

/**
 * One action of a tool on a noun. Facets of one cluster are look-alikes: they share words, and some
 * of their wordings differ by a single synonym. `{n}` is the noun, `{1}` and `{2}` the required
 * arguments. Wordings are ordered from common to rare: training draws them skewed, the held-out
 * split uniformly.
 */
export interface Facet {
  readonly cluster: string;
  /** Alternatives for the tool's name and description; a tool draws one. */
  readonly names: readonly (readonly [name: string, description: string])[];
  readonly arguments: readonly FacetArgument[];
  readonly wordings: readonly string[];
}

const NAME: FacetArgument = { key: "name", kind: "entity" };
const DAYS: FacetArgument = {
  key: "days",
  kind: "count",
  optional: { fallback: 7, phrase: " for the last {} days" },
};
const LIMIT: FacetArgument = {
  key: "limit",
  kind: "count",
  optional: { fallback: 10, phrase: ", at most {}" },
};
const AREA: FacetArgument = { key: "area", kind: "place" };
const OWNER: FacetArgument = { key: "owner", kind: "person" };

function unit(fallback: string, other: string): FacetArgument {
  const values = [fallback, other];
  return { key: "unit", kind: "unit", values, optional: { fallback, phrase: " in {}" } };
}

export const FACETS: readonly Facet[] = [
  {
    cluster: "money",
    names: [
      ["get_{n}_price", "Current price of a {n}"],
      ["get_{n}_cost", "What a {n} costs now"],
    ],
    arguments: [NAME, unit("euro", "dollar")],
    wordings: [
      "What is the price of the {n} {1}",
      "How much is the {n} {1}",
      "Cost of {n} {1}",
      "What do I pay for the {n} {1}",
      "Is the {n} {1} expensive",
      "Give me a figure for the {n} {1}",
    ],
  },
  {
    cluster: "money",
    names: [
      ["get_{n}_price_history", "Past prices of a {n}"],
      ["list_{n}_cost_changes", "Cost changes of a {n} over time"],
    ],
    arguments: [NAME, DAYS],
    wordings: [
      "Show past prices of the {n} {1}",
      "How did the cost of the {n} {1} change",
      "Price trend of {n} {1}",
      "Has the {n} {1} become more expensive",
      "How much was the {n} {1}",
      "Give me figures for the {n} {1}",
    ],
  },
  {
    cluster: "money",
    names: [
      ["get_{n}_discount", "Discount on the price of a {n}"],
      ["find_{n}_offer", "Best offer for a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "Is there a discount on the {n} {1}",
      "Any offer for the {n} {1}",
      "Can I get the {n} {1} at a lower price",
      "Is the {n} {1} cheaper now",
      "How much less can I pay for the {n} {1}",
    ],
  },
  {
    cluster: "money",
    names: [
      ["set_{n}_price", "Set the price of a {n}"],
      ["update_{n}_cost", "Change the cost of a {n}"],
    ],
    arguments: [NAME, { key: "amount", kind: "count" }],
    wordings: [
      "Set the price of the {n} {1} to {2}",
      "Change the cost of {n} {1} to {2}",
      "The {n} {1} should cost {2}",
      "Make the {n} {1} {2} from now on",
      "We sell the {n} {1} at {2}",
    ],
  },
  {
    cluster: "people",
    names: [
      ["get_{n}_owner", "Who owns a {n}"],
      ["find_{n}_holder", "Owner of a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "Who owns the {n} {1}",
      "Owner of {n} {1}",
      "Whose is the {n} {1}",
      "To whom does the {n} {1} belong",
      "Who has the {n} {1}",
    ],
  },
  {
    cluster: "people",
    names: [
      ["get_{n}_maker", "Who made a {n}"],
      ["find_{n}_author", "Person who made a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "Who made the {n} {1}",
      "Maker of {n} {1}",
      "Who built the {n} {1}",
      "From whose hand is the {n} {1}",
      "Who is behind the {n} {1}",
    ],
  },
  {
    cluster: "people",
    names: [
      ["list_{n}_by_owner", "All {n} entries of one owner"],
      ["find_{n}_of_person", "Each {n} a person owns"],
    ],
    arguments: [OWNER, LIMIT],
    wordings: [
      "List each {n} that {1} owns",
      "Which {n} belongs to {1}",
      "What {n} does {1} have",
      "Show the {n} of {1}",
      "{1} and their {n}",
    ],
  },
  {
    cluster: "people",
    names: [
      ["set_{n}_owner", "Give a {n} to a new owner"],
      ["transfer_{n}", "Move a {n} to another person"],
    ],
    arguments: [NAME, OWNER],
    wordings: [
      "Set the owner of the {n} {1} to {2}",
      "Give the {n} {1} to {2}",
      "The {n} {1} now belongs to {2}",
      "Hand the {n} {1} over to {2}",
      "Let {2} have the {n} {1}",
    ],
  },
  {
    cluster: "place",
    names: [
      ["get_{n}_location", "Where a {n} is now"],
      ["locate_{n}", "Present place of a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "Where is the {n} {1}",
      "Location of {n} {1}",
      "In what place is the {n} {1} now",
      "Find the {n} {1}",
      "I am looking for the {n} {1}",
    ],
  },
  {
    cluster: "place",
    names: [
      ["list_{n}_in_area", "All {n} entries in an area"],
      ["search_{n}_by_place", "Find a {n} near a place"],
    ],
    arguments: [AREA, LIMIT],
    wordings: [
      "List each {n} in {1}",
      "Which {n} is there near {1}",
      "Find a {n} in {1}",
      "Show {n} choices around {1}",
      "I am in {1} and need a {n}",
    ],
  },
  {
    cluster: "place",
    names: [
      ["count_{n}_in_area", "Number of {n} entries in an area"],
      ["get_{n}_number_by_place", "How many {n} a place has"],
    ],
    arguments: [AREA],
    wordings: [
      "How many {n} are there in {1}",
      "Count the {n} in {1}",
      "Number of {n} near {1}",
      "Is there more than one {n} in {1}",
      "How common is a {n} around {1}",
    ],
  },
  {
    cluster: "place",
    names: [
      ["move_{n}", "Move a {n} to another place"],
      ["set_{n}_location", "Set where a {n} is"],
    ],
    arguments: [NAME, AREA],
    wordings: [
      "Move the {n} {1} to {2}",
      "Bring the {n} {1} to {2}",
      "The {n} {1} is now in {2}",
      "Put the {n} {1} in {2}",
      "The {n} {1} should go to {2}",
    ],
  },
  {
    cluster: "opinion",
    names: [
      ["get_{n}_rating", "Average rating of a {n}"],
      ["get_{n}_score", "Score that users gave a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "What is the rating of the {n} {1}",
      "Score of {n} {1}",
      "How good is the {n} {1}",
      "Do people like the {n} {1}",
      "What do users think of the {n} {1}",
    ],
  },
  {
    cluster: "opinion",
    names: [
      ["list_{n}_reviews", "Reviews that users wrote about a {n}"],
      ["get_{n}_comments", "What users say about a {n}"],
    ],
    arguments: [NAME, LIMIT],
    wordings: [
      "Show reviews of the {n} {1}",
      "Read comments about the {n} {1}",
      "What do users say about the {n} {1}",
      "What do people write about the {n} {1}",
      "How do users find the {n} {1}",
    ],
  },
  {
    cluster: "opinion",
    names: [
      ["rate_{n}", "Give a {n} a score"],
      ["add_{n}_review", "Add a review score for a {n}"],
    ],
    arguments: [NAME, { key: "score", kind: "count" }],
    wordings: [
      "Rate the {n} {1} with {2}",
      "Give the {n} {1} a score of {2}",
      "I give the {n} {1} {2} points",
      "The {n} {1} gets {2} from me",
      "For me the {n} {1} is a {2}",
    ],
  },
  {
    cluster: "opinion",
    names: [
      ["find_best_{n}", "Best {n} in an area by rating"],
      ["list_top_{n}", "Top {n} entries of an area"],
    ],
    arguments: [AREA, LIMIT],
    wordings: [
      "Find the best {n} in {1}",
      "Top {n} in {1}",
      "Which {n} in {1} do people like most",
      "What is a good {n} in {1}",
      "Recommend a {n} around {1}",
    ],
  },
  {
    cluster: "booking",
    names: [
      ["book_{n}", "Book a {n} for a date"],
      ["reserve_{n}", "Reserve a {n} for a day"],
    ],
    arguments: [NAME, { key: "date", kind: "date" }],
    wordings: [
      "Book the {n} {1} for {2}",
      "Reserve the {n} {1} on {2}",
      "I need the {n} {1} on {2}",
      "Keep the {n} {1} for me on {2}",
      "I want the {n} {1} for {2}",
    ],
  },
  {
    cluster: "booking",
    names: [
      ["check_{n}_free", "Whether a {n} is free on a date"],
      ["get_{n}_availability", "Availability of a {n} on a date"],
    ],
    arguments: [NAME, { key: "date", kind: "date" }],
    wordings: [
      "Is the {n} {1} free on {2}",
      "Availability of {n} {1} on {2}",
      "Can I have the {n} {1} on {2}",
      "Is anyone using the {n} {1} on {2}",
      "Would the {n} {1} be possible for {2}",
    ],
  },
  {
    cluster: "booking",
    names: [
      ["cancel_{n}_booking", "Cancel the booking of a {n}"],
      ["drop_{n}_reservation", "Drop a reservation of a {n}"],
    ],
    arguments: [NAME, { key: "date", kind: "date" }],
    wordings: [
      "Cancel the {n} {1} on {2}",
      "Drop the booking of {n} {1} for {2}",
      "I do not need the {n} {1} on {2}",
      "Give back the {n} {1} on {2}",
      "Free the {n} {1} for {2}",
    ],
  },
  {
    cluster: "booking",
    names: [
      ["list_{n}_bookings", "All bookings of a {n}"],
      ["get_{n}_schedule", "When a {n} is booked"],
    ],
    arguments: [NAME, DAYS],
    wordings: [
      "List bookings of the {n} {1}",
      "Schedule of {n} {1}",
      "When is the {n} {1} in use",
      "When is the {n} {1} free",
      "Who has reserved the {n} {1}",
    ],
  },
  {
    cluster: "measure",
    names: [
      ["get_{n}_weight", "Weight of a {n}"],
      ["measure_{n}_load", "How heavy a {n} is"],
    ],
    arguments: [NAME, unit("kilo", "pound")],
    wordings: [
      "What is the weight of the {n} {1}",
      "How heavy is the {n} {1}",
      "Weigh the {n} {1}",
      "Can one person lift the {n} {1}",
      "How big is the load of the {n} {1}",
    ],
  },
  {
    cluster: "measure",
    names: [
      ["get_{n}_size", "Size of a {n}"],
      ["measure_{n}_length", "How long a {n} is"],
    ],
    arguments: [NAME, unit("metre", "foot")],
    wordings: [
      "What is the size of the {n} {1}",
      "How long is the {n} {1}",
      "How big is the {n} {1}",
      "Measure the {n} {1}",
      "How much room does the {n} {1} take",
    ],
  },
  {
    cluster: "measure",
    names: [
      ["get_{n}_age", "Age of a {n}"],
      ["get_{n}_birth_year", "Year when a {n} began"],
    ],
    arguments: [NAME],
    wordings: [
      "What is the age of the {n} {1}",
      "How old is the {n} {1}",
      "When was the {n} {1} new",
      "Since when is there the {n} {1}",
      "How long has the {n} {1} been around",
    ],
  },
  {
    cluster: "state",
    names: [
      ["get_{n}_status", "Present status of a {n}"],
      ["check_{n}_state", "State a {n} is in"],
    ],
    arguments: [NAME],
    wordings: [
      "What is the status of the {n} {1}",
      "State of {n} {1}",
      "Is the {n} {1} working",
      "Is the {n} {1} all right",
      "What about the {n} {1}",
    ],
  },
  {
    cluster: "state",
    names: [
      ["list_{n}_faults", "Known faults of a {n}"],
      ["get_{n}_problems", "Problems of a {n}"],
    ],
    arguments: [NAME, DAYS],
    wordings: [
      "List faults of the {n} {1}",
      "Which problems does the {n} {1} have",
      "What is wrong with the {n} {1}",
      "Why is the {n} {1} not working",
      "Is anything broken in the {n} {1}",
    ],
  },
  {
    cluster: "state",
    names: [
      ["repair_{n}", "Repair a {n}"],
      ["fix_{n}_fault", "Fix a fault of a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "Repair the {n} {1}",
      "Fix the {n} {1}",
      "Get the {n} {1} working again",
      "The {n} {1} is broken, do something",
      "Make the {n} {1} all right",
    ],
  },
  {
    cluster: "look",
    names: [
      ["get_{n}_color", "Color of a {n}"],
      ["check_{n}_paint", "Paint color of a {n}"],
    ],
    arguments: [NAME],
    wordings: [
      "What color is the {n} {1}",
      "Color of {n} {1}",
      "How is the {n} {1} painted",
      "What does the {n} {1} look like",
    ],
  },
  {
    cluster: "look",
    names: [
      ["paint_{n}", "Paint a {n} in a color"],
      ["set_{n}_color", "Set the color of a {n}"],
    ],
    arguments: [NAME, { key: "color", kind: "color" }],
    wordings: [
      "Paint the {n} {1} {2}",
      "Set the color of the {n} {1} to {2}",
      "The {n} {1} should be {2}",
      "Make the {n} {1} {2}",
    ],
  },
  {
    cluster: "look",
    names: [
      ["find_{n}_by_color", "Each {n} of one color"],
      ["list_{n}_in_color", "All {n} entries in a color"],
    ],
    arguments: [{ key: "color", kind: "color" }, LIMIT],
    wordings: [
      "Find a {1} {n}",
      "List each {n} in {1}",
      "Which {n} is {1}",
      "I would like a {n} in {1}",
    ],
  },
  {
    cluster: "look",
    names: [
      ["rename_{n}", "Give a {n} a new name"],
      ["set_{n}_title", "Set the title of a {n}"],
    ],
    arguments: [NAME, { key: "title", kind: "entity" }],
    wordings: [
      "Rename the {n} {1} to {2}",
      "Change the name of {n} {1} to {2}",
      "Call the {n} {1} {2}",
      "The {n} {1} should be {2}",
    ],
  },
];
