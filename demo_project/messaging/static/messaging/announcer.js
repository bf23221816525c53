// What a screen reader reads out by itself: only what is new, never the history that the list is filled with.

const KEPT = 10; // texts

export class Announcer {
  #region;

  constructor(region) {
    this.#region = region;
  }

  say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    this.#region.append(line);
    if (this.#region.childElementCount > KEPT) this.#region.firstElementChild.remove();
  }
}
