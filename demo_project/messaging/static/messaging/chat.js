// One chat page: who tells whom what.

import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { ConnectionNotice } from "./connection_notice.js";
import { History } from "./history.js";
import { MessageList } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Presence, ReadReceipts, Typing } from "./peer.js";
import { ScrollingLog } from "./scrolling.js";

const PATIENCE = 2_000; // ms until a frame is sent again that the server could not serve
const element = (id) => document.getElementById(id);
const page = JSON.parse(element("page").textContent);
const scheme = location.protocol === "https:" ? "wss" : "ws";
const address = `${scheme}://${location.host}/ws/chat/${encodeURIComponent(page.peer)}/`;

const list = new MessageList(element("messages"), element("message"), page);
const notice = new ConnectionNotice(element("connection"), element("reconnect"), element("remedy"), page.peer);
const announcer = new Announcer(element("announcer"));
const presence = new Presence(element("presence"));
const connection = new Connection(address, page.version, {
  connecting: () => notice.connecting(),
  joined,
  frame: (frame) => frames[frame.type]?.(frame),
  lost(why, seconds) {
    leave();
    notice.waiting(why, seconds);
  },
  refused(code) {
    leave();
    notice.refused(code);
  },
});
const log = new ScrollingLog(element("log"), element("messages"), element("jump"), () => history.loadOlder());
const typing = new Typing(element("typing"), connection);
const receipts = new ReadReceipts(connection, list);
const outbox = new Outbox(`linkup ${page.user_id} ${page.peer_id}`, connection, list);
const history = new History(connection, list, page.messages.length >= page.page_size, { caughtUp, older });
const composer = new Composer(element("composer"), { send, typing: (isText) => (isText ? typing.tell() : typing.stop()) });
let patience = null;

for (const message of page.messages) {
  list.show(message);
  acknowledge(message);
}

const frames = {
  presence: (frame) => presence.show(frame),
  message: ({ message }) => receive(message),
  newest({ sent_id, received_id }) {
    history.heardOf(sent_id);
    history.heardOf(received_id);
  },
  history(frame) {
    history.receive(frame);
    for (const message of frame.messages) acknowledge(message);
    receipts.update();
  },
  status(frame) {
    list.markUpTo(frame.recipient_id, frame.up_to_id, frame.status);
    receipts.update();
  },
  typing: (frame) => typing.show(frame.username),
  error: refuse,
};

function joined() {
  notice.connected();
  composer.problem("");
  history.catchUp();
  outbox.joined();
  receipts.retry();
}

function leave() {
  clearTimeout(patience);
  presence.clear();
  typing.clear();
  history.hold();
  outbox.lost();
}

function send(content) {
  typing.stop();
  outbox.add(content);
  log.toEnd();
}

function receive(message) {
  const isNew = list.show(message);
  acknowledge(message);
  history.arrived(message);
  if (list.isMine(message)) return;
  typing.clear();
  if (isNew) {
    announcer.say(`${page.peer}: ${message.content}`);
    log.noteNew();
  }
  receipts.update();
}

function acknowledge(message) {
  if (list.isMine(message)) outbox.acknowledge(message.client_id);
}

function refuse({ code, detail, client_id, failure_id }) {
  const text = failure_id ? `${detail} Failure ${failure_id}.` : detail;
  if (code === "unavailable" || code === "too_fast") {
    outbox.hold();
    history.hold();
    clearTimeout(patience);
    patience = setTimeout(tryAgain, PATIENCE);
  } else if (code === "internal") {
    outbox.doubt(client_id, text); // and the connection ends now
  } else if (client_id) {
    outbox.refuse(client_id, text);
    announcer.say(`Not sent: ${text}`);
    return;
  }
  composer.problem(text);
}

function tryAgain() {
  composer.problem("");
  outbox.retry();
  history.retry();
  receipts.retry();
}

function caughtUp(count) {
  if (!count) return;
  announcer.say(`${count} new ${count === 1 ? "message" : "messages"}`);
  log.noteNew();
}

function older(insert) {
  log.keepInView(() => {
    const count = insert();
    announcer.say(count ? `${count} older messages` : element("beginning").textContent);
    showBeginning();
  });
}

function showBeginning() {
  if (!history.hasOlder && document.activeElement === element("older")) log.focus();
  element("older").hidden = !history.hasOlder;
  element("beginning").hidden = history.hasOlder;
}

element("older").addEventListener("click", () => history.loadOlder());
element("reconnect").addEventListener("click", () => connection.hurry());
element("messages").addEventListener("click", ({ target }) => {
  const { clientId } = target.closest("li")?.dataset ?? {};
  if (target.name === "again") outbox.tryAgain(clientId);
  if (target.name === "remove") {
    outbox.remove(clientId);
    list.remove(clientId);
  }
  if (target.name) composer.focus(); // the button is gone
});
addEventListener("online", () => {
  connection.hurry();
  history.catchUp(); // an open socket may lead into the network that is gone
});
showBeginning();
connection.open();
