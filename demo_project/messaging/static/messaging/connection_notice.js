// What the page says about its connection, and what its reader can do about it.

export class ConnectionNotice {
  #root;
  #state;
  #countdown;
  #retry;
  #remedy;
  #ticking = null;
  #refusals;

  constructor(root, retry, remedy, peer) {
    this.#root = root;
    [this.#state, this.#countdown] = root.children;
    this.#retry = retry;
    this.#remedy = remedy;
    this.#refusals = {
      4400: ["This page is older than the server. Reload the page.", "Reload the page", location.pathname],
      4401: ["You have been logged out.", "Log in", remedy.dataset.login],
      4403: ["LinkUp does not chat with pages of another address."],
      4404: [`${peer} is not here any more.`, "Back to your chats", remedy.dataset.inbox],
      4429: ["This page sent too much at once.", "Reload the page", location.pathname],
      4430: ["You have too many chats open. Close some of them.", "Reload the page", location.pathname],
    };
  }

  connecting() {
    this.#show("Connecting");
  }

  connected() {
    this.#show("Connected");
  }

  // The countdown stands outside the live region, or a screen reader would read every second of it.
  waiting(why, seconds) {
    const until = Date.now() + seconds * 1000;
    this.#show(`Disconnected (${why}).`, true);
    const tick = () => {
      this.#countdown.textContent = `Reconnecting in ${Math.max(1, Math.ceil((until - Date.now()) / 1000))} s`;
    };
    tick();
    this.#ticking = setInterval(tick, 1000);
    this.#retry.hidden = false;
  }

  refused(code) {
    const [text, label, href] = this.#refusals[code];
    this.#show(`Disconnected (code ${code}). ${text}`, true);
    this.#remedy.hidden = !href;
    if (!href) return;
    this.#remedy.textContent = label;
    this.#remedy.href = href;
  }

  #show(text, lost = false) {
    clearInterval(this.#ticking);
    this.#state.textContent = text;
    this.#countdown.textContent = "";
    this.#root.classList.toggle("lost", lost);
    this.#retry.hidden = this.#remedy.hidden = true;
  }
}
