// The list of chats, as it is now: asked for again while somebody looks at it.

const AGAIN = 10_000; // ms

const list = document.getElementById("people");

async function update() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(list.dataset.source).catch(() => null); // the server is away: next time
  if (answer?.redirected) return location.reload(); // to the login page
  if (!answer?.ok) return;
  const html = await answer.text();
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  if (html === list.dataset.shown) return;
  list.dataset.shown = html;
  list.innerHTML = html; // from our own template, which escapes what users wrote
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

setInterval(update, AGAIN);
document.addEventListener("visibilitychange", update);
