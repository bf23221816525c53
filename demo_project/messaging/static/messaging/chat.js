// One chat page: shows messages, sends them, and says honestly which of them the server has not confirmed.
"use strict";

const page = JSON.parse(document.getElementById("page").textContent);
const list = document.getElementById("messages");
const connection = document.getElementById("connection");
const presence = document.getElementById("presence");
const reconnect = document.getElementById("reconnect");
const composer = document.getElementById("composer");
const field = document.getElementById("content");

const items = new Map(); // sender and client_id, or id where there is none, to list item
let socket = null;

// Two people may choose the same client_id, so it names a message only together with its sender.
function keyOf(message) {
  return message.client_id ? `${message.sender_id} ${message.client_id}` : `id ${message.id}`;
}

// Add a message or bring the one that is shown up to date; text only, never markup.
function show(message, state) {
  let item = items.get(keyOf(message));
  if (!item) {
    item = document.createElement("li");
    item.append(document.createElement("span"), document.createElement("small"));
    items.set(keyOf(message), item);
    place(item, message.id ?? Infinity);
  }
  if (message.id) item.dataset.id = message.id;
  item.classList.toggle("mine", message.sender_id === page.user_id);
  item.querySelector("span").textContent = message.content;
  mark(item, state);
}

// Keep the order of the ids; what the server has not numbered yet stays at the end.
function place(item, id) {
  const after = [...list.children].find((other) => Number(other.dataset.id ?? Infinity) > id);
  list.insertBefore(item, after ?? null);
  if (!after) list.scrollTop = list.scrollHeight;
}

function mark(item, state) {
  item.dataset.state = state;
  item.classList.toggle("lost", state === "not sent");
  item.querySelector("small").textContent = item.classList.contains("mine") ? state : "";
}

function markWaiting(state) {
  for (const item of list.querySelectorAll("li[data-state=sending]")) mark(item, state);
}

const frames = {
  presence(frame) {
    presence.textContent = frame.is_online ? "online" : "offline";
    presence.classList.toggle("online", frame.is_online);
  },
  message(frame) {
    show(frame.message, frame.message.status);
  },
  history(frame) {
    for (const message of frame.messages) show(message, message.status);
  },
  status(frame) {
    const item = list.querySelector(`li[data-id="${frame.id}"]`);
    if (item) mark(item, frame.status);
  },
  error(frame) {
    connection.textContent = `LinkUp could not accept that: ${frame.detail}`;
    markWaiting("not sent");
  },
};

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ws/chat/${encodeURIComponent(page.peer)}/`);
  reconnect.hidden = true;
  socket.onopen = () => {
    // What came between the page and the socket, and what was written while it was opening.
    socket.send(JSON.stringify({ type: "history" }));
    for (const item of list.querySelectorAll("li[data-state=sending]")) socket.send(item.dataset.frame);
  };
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    // The first frame says that the server has let us in; an open socket alone says less.
    connection.textContent = "Connected";
    connection.classList.remove("lost");
    frames[frame.type]?.(frame);
  };
  socket.onclose = (event) => {
    connection.textContent = `Disconnected (code ${event.code})`;
    connection.classList.add("lost");
    reconnect.hidden = false;
    markWaiting("not sent");
  };
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const content = field.value.trim();
  if (!content) return;
  const message = { client_id: crypto.randomUUID(), sender_id: page.user_id, content };
  const closed = socket.readyState > WebSocket.OPEN;
  show(message, closed ? "not sent" : "sending");
  const frame = JSON.stringify({ type: "message", client_id: message.client_id, content });
  items.get(keyOf(message)).dataset.frame = frame;
  if (socket.readyState === WebSocket.OPEN) socket.send(frame);
  field.value = "";
});
reconnect.addEventListener("click", connect);

for (const message of page.messages) show(message, message.status);
connect();
