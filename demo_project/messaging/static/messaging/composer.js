// The form in which a message is written: Enter sends, Shift+Enter begins a new line.

const VISIBLE = /[^\p{C}\p{Z}]/u; // anything but spaces, control characters and such as the zero-width space

export class Composer {
  #field;
  #problem;

  // on: send(content), typing(whether there is a text)
  constructor(form, on) {
    this.#field = form.querySelector("textarea");
    this.#problem = form.querySelector("#problem");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(on.send);
    });
    this.#field.addEventListener("keydown", (event) => {
      // While an input method composes a character, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#field.addEventListener("input", () => {
      this.#changed();
      on.typing(Boolean(this.#field.value.trim()));
    });
    form.querySelector("button").disabled = false; // before, a text would have gone with the form and been lost
  }

  // Tell what went wrong; an empty text takes it back.
  problem(text) {
    this.#problem.textContent = text;
    this.#field.setAttribute("aria-invalid", String(Boolean(text)));
  }

  focus() {
    this.#field.focus();
  }

  #submit(send) {
    const content = this.#field.value.trim();
    if (VISIBLE.test(content)) {
      send(content);
      this.#field.value = "";
      this.#changed();
    } else {
      this.problem("Write a message first.");
    }
    this.focus();
  }

  #changed() {
    const { value, maxLength } = this.#field;
    this.problem(value.length < maxLength ? "" : `A message ends here, after ${maxLength} characters.`);
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight + this.#field.offsetHeight - this.#field.clientHeight}px`;
  }
}
