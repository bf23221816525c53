// The part of the page that scrolls: it follows new messages while its end is in view, and asks for more at its top.

const NEAR = 80; // CSS pixels

export class ScrollingLog {
  #log;
  #jump;
  #follows = true;
  #top = 0;

  // jump: the button that leads to new messages below; onTop is called when the reader comes near the top.
  constructor(log, list, jump, onTop) {
    this.#log = log;
    this.#jump = jump;
    log.addEventListener("scroll", () => {
      this.#scrolled();
      if (log.scrollTop < NEAR) onTop();
    });
    jump.addEventListener("click", () => {
      this.toEnd();
      log.focus(); // the button is gone
    });
    // A message, a growing text field, or the keyboard of a phone may move the end out of view.
    const observer = new ResizeObserver(() => this.#follows && this.toEnd());
    observer.observe(log);
    observer.observe(list);
  }

  toEnd() {
    this.#follows = true;
    this.#jump.hidden = true;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  // Point out a message from the peer that a reader of older ones does not see.
  noteNew() {
    this.#jump.hidden = this.#follows;
  }

  // Put something in above, and leave in view what the reader was looking at.
  keepInView(insert) {
    const below = this.#log.scrollHeight - this.#log.scrollTop;
    insert();
    this.#log.scrollTop = this.#log.scrollHeight - below;
  }

  // Only a reader who scrolls up leaves the end; a message may have come since the scrolling that is reported here.
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#follows = this.#jump.hidden = true;
    else if (scrollTop < this.#top) this.#follows = false;
    this.#top = scrollTop;
  }

  focus() {
    this.#log.focus({ preventScroll: true });
  }
}
