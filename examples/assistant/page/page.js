/**
 * The page's script: sends a message and shows what happens, line by line, as the server tells it. What the model and
 * the tools say is only ever shown as text.
 *
 * @typedef {import("../events.js").AssistantEvent} AssistantEvent
 */

/**
 * @template {Element} Kind
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
function find(selector, kind) {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return found;
}

const conversation = find("#conversation", HTMLElement);
const form = find("#ask", HTMLFormElement);
const message = find("#message", HTMLInputElement);
const budget = find("#budget", HTMLSelectElement);
const button = find("#send", HTMLButtonElement);
let id = crypto.randomUUID();

/**
 * Adds an element with a text.
 * @param {Element} parent
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 */
function add(parent, tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

/**
 * Shows one event in the assistant's message.
 * @param {Element} box
 * @param {AssistantEvent} event
 */
function show(box, event) {
  box.querySelector(".waiting")?.remove();
  switch (event.kind) {
    case "asking":
      add(box, "div", "step waiting", "asking the model …");
      break;
    case "answered": {
      const step = add(box, "div", "step");
      add(step, "span", `badge ${event.from}`, event.from);
      step.append(` ${event.seconds.toFixed(2)} s `);
      if (event.calls.length === 0) step.append("no call");
      for (const call of event.calls) {
        add(step, "code", "call", `${call.name}(${call.arguments})`);
        step.append(" ");
      }
      break;
    }
    case "result":
      add(box, "div", "step result", `→ ${event.text}`);
      break;
    case "done":
    case "failed":
      add(box, "p", `text ${event.kind}`, event.text);
      break;
  }
  box.scrollIntoView({ block: "end" });
}

/**
 * Sends a message and shows its events as they come.
 * @param {string} text
 */
async function send(text) {
  add(conversation, "div", "message user", text);
  const box = add(conversation, "div", "message assistant");
  button.disabled = true;
  try {
    const response = await fetch("/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        conversation: id,
        text,
        budgetMs: budget.value === "" ? null : Number(budget.value),
      }),
    });
    if (!response.ok || response.body === null) throw new Error(await response.text());
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + part.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) show(box, JSON.parse(line));
    }
  } catch (error) {
    show(box, { kind: "failed", text: error instanceof Error ? error.message : String(error) });
  }
  button.disabled = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (text === "" || button.disabled) return;
  message.value = "";
  void send(text);
});

find("#clear", HTMLButtonElement).addEventListener("click", () => {
  id = crypto.randomUUID();
  conversation.replaceChildren();
  message.focus();
});

for (const example of document.querySelectorAll(".examples button")) {
  example.addEventListener("click", () => {
    message.value = example.textContent ?? "";
    form.requestSubmit();
  });
}

document.body.dataset["ready"] = "true";
