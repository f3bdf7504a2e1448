// Makes and finds elements of the page.

/** The element of this id. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element. properties: `class`, `text`, `on` with listeners, `data`, and attributes; true and
 * false set and leave out an attribute. children: elements or texts.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (name === "data") Object.assign(element.dataset, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An option of a select element. */
export const option = (value, text = value) => make("option", { value, text });

/** Replace what an element holds, and keep the focus on the control with the same data-key. */
export function refill(element, ...children) {
  const key = element.contains(document.activeElement) && document.activeElement.dataset.key;
  element.replaceChildren(...children.filter(Boolean));
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

let clearing = 0;

/** Say a text to screen readers. */
export function announce(text) {
  const status = byId("announcer");
  status.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => (status.textContent = ""), 4000);
}

/** Show a lasting notice; the notice of the same name is replaced. actions: [text, listener]. */
export function notice(name, text, ...actions) {
  const shown = document.querySelector(`[data-notice="${name}"]`);
  if (shown?.firstChild.textContent === text) return;
  shown?.remove();
  const close = ["Close", () => {}];
  const box = make("div", { class: "notice", data: { notice: name } }, make("p", { text }));
  for (const [label, act] of [...actions, close]) {
    const press = () => {
      box.remove();
      act();
    };
    box.append(make("button", { type: "button", text: label, on: { click: press } }));
  }
  byId("notices").append(box);
}

/** Take a notice away. */
export const dismiss = (name) => document.querySelector(`[data-notice="${name}"]`)?.remove();
