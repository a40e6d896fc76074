// The console of s4db. What comes from databases reaches the page as text only, never as markup.

const HOME = new URL("..", import.meta.url);
const EVERY = 2000; // milliseconds between two looks
const byId = (id) => document.getElementById(id);
const count = new Intl.NumberFormat("en");

const STATES = {
	OPENING: "The index is not loaded.",
	FAILED: "It cannot be opened, and is not tried again: its settings are wrong.",
	OPEN: "It can be read, and written unless it was opened to be read only.",
	FENCED: "Another writer has taken over.",
	CLOSED: "It was closed.",
};

const ACTIONS = {
	"upload": "commits what is pending",
	"upload-all": "sends every local data file again whose object is missing or differs",
	"download": "makes every live data file local",
	"refresh": "follows other writers",
	"flush": "forces pending files to disk",
	"checkpoint": "writes index.idx",
	"compact": "rewrites every data file without its garbage",
	"compact-sorted": "the same, in the order of keys",
	"verify": "reads everything and says what is wrong",
	"rebuild-index": "makes the index anew from the data files",
};

/** Those that rewrite much, or take long: asked for twice. */
const HEAVY = ["upload-all", "download", "compact", "compact-sorted", "verify", "rebuild-index"];

let current = null; // the database that is shown
let actionsAllowed = false;
let firstRequests = {}; // by database, when this page first looked
let shownFiles = null;
let page = { prefix: "", last: null };
let exactKey = null; // the key that was chosen from the list: a field has no line breaks
let shown = null; // the value that is shown, and its bytes
let timer = null;
let busy = false; // whether an action runs
let watched = null; // the action that was begun here

// Asking

async function ask(view, parameters = {}) {
	const url = new URL(view, HOME);
	for (const [name, value] of Object.entries(parameters)) {
		url.searchParams.set(name, value);
	}
	return answer(await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" }));
}

async function change(what, body) {
	return answer(await fetch(new URL(what, HOME), {
		method: "POST",
		headers: { "Accept": "application/json", "Content-Type": "application/json" },
		body: JSON.stringify(body),
	}));
}

async function answer(response) {
	const body = await response.json().catch(() => ({}));
	if (!response.ok && response.status !== 202) {
		const reason = [body.error, body.hint].filter(Boolean).map((text) => text.replace(/\.$/, "")).join(". ");
		const failure = new Error(reason ? reason + "." : refusal(response.status));
		failure.status = response.status;
		throw failure;
	}
	return body;
}

function refusal(status) {
	if (status === 401 || status === 403) {
		return "The application does not let you do this (status " + status + "). Log in, and load this page anew.";
	}
	return "The application answered with status " + status + ".";
}

// Words

function bytes(amount) {
	const units = ["bytes", "KB", "MB", "GB", "TB"];
	let unit = 0;
	let rest = amount;
	while (rest >= 1000 && unit < units.length - 1) {
		rest /= 1000;
		unit++;
	}
	return new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(rest) + " " + units[unit];
}

function many(amount, one, several = one + "s") {
	return count.format(amount) + " " + (amount === 1 ? one : several);
}

function ago(instant) {
	const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1000));
	if (seconds < 120) {
		return seconds + " s ago";
	}
	return seconds < 7200 ? Math.round(seconds / 60) + " min ago" : new Date(instant).toLocaleString();
}

function duration(iso) {
	return iso.replace("PT", "").replace(/([HM])(?=.)/g, "$1 ").toLowerCase().replace(/\.(\d)\d+s/, ".$1s");
}

/** Where characters cannot be seen, or would move others, their names stand. */
function visible(text) {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
		(character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"));
}

function element(name, text, ...classes) {
	const made = document.createElement(name);
	made.textContent = text ?? "";
	made.classList.add(...classes);
	return made;
}

/** Says something once: who listens to the page is not told the same again and again. */
function say(id, text, bad = false) {
	const target = byId(id);
	if (target.textContent !== text) {
		target.textContent = text;
	}
	target.classList.toggle("problem", bad);
}

// Databases, looked at again and again while the page is seen

async function look() {
	clearTimeout(timer);
	try {
		show(await ask("databases"));
		say("live", "Live");
	}
	catch (failure) {
		say("live", (failure.status ? "" : "The application does not answer. ") + failure.message, true);
	}
	// One look may have begun while another was under way: only one goes on.
	clearTimeout(timer);
	if (!document.hidden) {
		timer = setTimeout(look, EVERY);
	}
}

function show(answered) {
	const names = Object.keys(answered.databases);
	const wanted = names.find((name) => "#" + encodeURIComponent(name) === location.hash);
	const chosen = wanted ?? (names.includes(current) ? current : names[0]);
	if (chosen !== current) {
		current = chosen;
		forget();
	}
	actionsAllowed = answered.actionsAllowed;
	showNames(answered.databases);
	showAllowed(answered);
	if (current) {
		showDatabase(answered.databases[current]);
	}
}

function forget() {
	shownFiles = null;
	shown = null;
	exactKey = null;
	page = { prefix: byId("prefix").value, last: null };
	watched = null;
	for (const id of ["keys-words", "value-words", "change-words", "action-words", "refused-words"]) {
		say(id, "");
	}
	byId("keys").replaceChildren();
	byId("result").replaceChildren();
	for (const id of ["pager", "formats", "value", "progress"]) {
		byId(id).hidden = true;
	}
}

function showNames(databases) {
	const list = byId("databases");
	const names = Object.keys(databases);
	if (list.dataset.names !== JSON.stringify(names)) {
		list.dataset.names = JSON.stringify(names);
		list.replaceChildren(...names.map((name) => {
			const item = document.createElement("li");
			const link = element("a");
			link.href = "#" + encodeURIComponent(name);
			link.append(visible(name), " ", element("small"));
			item.append(link);
			return item;
		}));
	}
	[...list.querySelectorAll("a")].forEach((link, at) => {
		const report = databases[names[at]];
		const words = report.state.toLowerCase() + (report.problem ? ", with a problem" : "");
		const small = link.querySelector("small");
		small.textContent = words;
		small.classList.toggle("problem", Boolean(report.problem));
		if (names[at] === current) {
			link.setAttribute("aria-current", "page");
		}
		else {
			link.removeAttribute("aria-current");
		}
	});
}

function showDatabase(report) {
	const bad = Boolean(report.problem) || report.state !== "OPEN";
	say("state", report.state.toLowerCase());
	byId("state").className = bad ? "badge bad" : "badge";
	say("state-words", STATES[report.state] ?? "");
	byId("problem").hidden = !report.problem;
	say("problem", sentence(report.problem), true);
	byId("figures").replaceChildren(...groups(report).filter(([, rows]) => rows.length).map(group));
	showFiles(report);
	showOperation(report.operation);
}

function sentence(text) {
	return text ? text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "";
}

function groups(report) {
	return [
		["Bucket", bucketRows(report)],
		["Index", indexRows(report.index)],
		["Pending", pendingRows(report.pending)],
		["Commits", commitRows(report.commits)],
		["Requests since opening", requestRows(report.requests)],
		["Cache", cacheRows(report.cache)],
	];
}

function bucketRows({ bucket, opening }) {
	const rows = [];
	add(rows, "location", bucket?.location);
	add(rows, "objects", bucket?.settings);
	add(rows, "reachable", bucket && (bucket.reachable ? "yes" : "no: " + (bucket.problem ?? "unknown")));
	add(rows, "last reached", bucket?.seen && ago(bucket.seen));
	add(rows, "failed tries to open", opening && count.format(opening.attempts));
	add(rows, "next try", opening?.nextAttempt && new Date(opening.nextAttempt).toLocaleTimeString());
	return rows;
}

function indexRows(index) {
	const rows = [];
	if (index) {
		add(rows, "keys", count.format(index.keys));
		add(rows, "matches the bucket", index.matchesBucket == null ? "unknown" : index.matchesBucket ? "yes" : "no");
		add(rows, "commits behind", index.behind && count.format(index.behind));
		add(rows, "mode", index.mode.toLowerCase());
		add(rows, "heap", bytes(index.heapBytes));
		add(rows, "disk", bytes(index.diskBytes));
	}
	return rows;
}

function pendingRows(pending) {
	const rows = [];
	if (pending) {
		add(rows, "entries", count.format(pending.entries));
		add(rows, "size", many(pending.files, "file") + ", " + bytes(pending.bytes));
		add(rows, "oldest", pending.oldest && ago(pending.oldest));
		add(rows, "failed uploads", pending.failedUploads && count.format(pending.failedUploads));
		add(rows, "why", pending.problem);
	}
	return rows;
}

function commitRows(commits) {
	const rows = [];
	if (commits) {
		add(rows, "sequence number", count.format(commits.seq));
		add(rows, "checkpoint at", count.format(commits.checkpointSeq));
		add(rows, "log items", count.format(commits.logItems));
		add(rows, "manifest last seen", commits.lastSeen && ago(commits.lastSeen));
		add(rows, "by this application", count.format(commits.commits));
		add(rows, "its last", commits.lastCommit ? ago(commits.lastCommit) : "none since the start");
		add(rows, "rebases", commits.rebases && count.format(commits.rebases));
	}
	return rows;
}

function requestRows(requests) {
	const rows = [];
	if (requests) {
		for (const kind of ["gets", "heads", "puts", "lists", "deletes"]) {
			add(rows, kind.slice(0, -1).toUpperCase(), count.format(requests[kind]));
		}
		add(rows, "read, written", bytes(requests.bytesRead) + ", " + bytes(requests.bytesWritten));
		add(rows, "estimated price", "$" + requests.estimatedDollars.toFixed(6));
		const total = requests.gets + requests.heads + requests.puts + requests.lists + requests.deletes;
		// Of a database that was opened anew it counts from zero again.
		firstRequests[current] = Math.min(firstRequests[current] ?? total, total);
		add(rows, "since this page looks", count.format(total - firstRequests[current]));
	}
	return rows;
}

function cacheRows(cache) {
	const rows = [];
	if (cache) {
		add(rows, "hits, misses", count.format(cache.hits) + ", " + count.format(cache.misses));
		add(rows, "size", bytes(cache.bytes));
	}
	return rows;
}

function add(rows, name, value) {
	if (value) {
		rows.push([name, String(value)]);
	}
}

function group([title, rows]) {
	const made = element("div");
	const list = element("dl");
	for (const [name, value] of rows) {
		const row = element("div");
		row.append(element("dt", name), element("dd", value));
		list.append(row);
	}
	made.append(element("h3", title), list);
	return made;
}

// The map of the data files

function showFiles(report) {
	const files = report.dataFiles ?? [];
	const drawn = JSON.stringify([files, report.pending?.bytes, report.obsolete]);
	if (drawn === shownFiles) {
		return;
	}
	shownFiles = drawn;
	say("files-words", filesWords(report));
	const others = [];
	if (report.pending?.bytes) {
		others.push({ name: "pending", what: many(report.pending.files, "file"), kind: "pending",
			bytes: report.pending.bytes, local: true });
	}
	if (report.obsolete?.files) {
		others.push({ name: "obsolete", what: many(report.obsolete.files, "file") + " until the retention has passed",
			kind: "obsolete", bytes: report.obsolete.bytes });
	}
	const largest = Math.max(1, ...files.map((file) => file.bytes), ...others.map((other) => other.bytes));
	byId("files").tBodies[0].replaceChildren(...files.map((file) => fileRow(file, largest)),
		...others.map((other) => otherRow(other, largest)));
}

function filesWords({ index, dataFiles, dataFilesLeftOut }) {
	if (!index) {
		return "";
	}
	const local = (dataFiles ?? []).filter((file) => file.local).length;
	return many(index.dataFiles, "committed data file") + ", " + bytes(index.dataBytes) + ", of which "
		+ (100 * index.garbageShare).toFixed(1) + " % is garbage; " + count.format(local) + " local"
		+ (dataFilesLeftOut ? " of the first " + count.format(dataFiles.length) + ", which are all that is listed" : "")
		+ ". What is paler is in the bucket only.";
}

function fileRow(file, largest) {
	const row = element("tr");
	const number = element("th", String(file.number).padStart(6, "0"));
	number.scope = "row";
	row.append(number, scale(file.bytes, largest, file.local,
		[["live", file.liveBytes], ["garbage", file.garbageBytes]]),
		element("td", bytes(file.bytes), "number"),
		element("td", many(file.liveEntries, "entry", "entries") + ", " + bytes(file.liveBytes), "number"),
		element("td", bytes(file.garbageBytes), "number"), element("td", file.local ? "yes" : "no"));
	return row;
}

function otherRow(other, largest) {
	const row = element("tr");
	const name = element("th", other.name);
	name.scope = "row";
	const what = element("td", other.what);
	what.colSpan = 3;
	row.append(name, scale(other.bytes, largest, true, [[other.kind, other.bytes]]),
		element("td", bytes(other.bytes), "number"), what);
	return row;
}

function scale(total, largest, local, parts) {
	const cell = element("td", "", "scale");
	const bar = element("div", "", "bar");
	bar.setAttribute("aria-hidden", "true");
	bar.classList.toggle("away", !local);
	bar.style.width = 100 * total / largest + "%";
	for (const [kind, amount] of parts) {
		const part = element("div", "", kind);
		part.style.flexGrow = String(amount);
		bar.append(part);
	}
	cell.append(bar);
	return cell;
}

// Keys, page by page

async function listKeys(after) {
	const database = current;
	const slow = setTimeout(() => say("keys-words", "The keys are put in order, which the first look at them takes …"),
		1000);
	try {
		const found = await ask("keys", { database, prefix: page.prefix, ...(after == null ? {} : { after }) });
		if (database !== current) {
			return;
		}
		byId("keys").replaceChildren(...found.keys.map(keyItem));
		page.last = found.keys.at(-1);
		byId("pager").hidden = after == null && !found.more;
		const held = ["first", "next"].includes(document.activeElement.id);
		byId("first").disabled = after == null;
		byId("next").disabled = !found.more;
		if (held) {
			keepFocus();
		}
		say("keys-words", found.keys.length === 0 ? (after == null ? "No key begins so." : "There are no more.")
			: many(found.keys.length, "key") + (found.more ? ", and there are more." : after == null ? "." : ", the last."));
		markKey();
	}
	catch (failure) {
		say("keys-words", failure.message, true);
	}
	finally {
		clearTimeout(slow);
	}
}

/** What is disabled loses the focus, and with it whoever has no mouse. */
function keepFocus() {
	if (!["first", "next"].includes(document.activeElement.id) || document.activeElement.disabled) {
		const button = ["next", "first"].map(byId).find((candidate) => !candidate.disabled && !byId("pager").hidden);
		(button ?? byId("prefix")).focus();
	}
}

function keyItem(key) {
	const item = element("li");
	const button = element("button", key === "" ? "(the empty key)" : visible(key));
	button.type = "button";
	button.addEventListener("click", () => {
		byId("key").value = key;
		exactKey = key;
		lookUp(key);
	});
	button.key = key;
	item.append(button);
	return item;
}

function chosenKey() {
	return exactKey ?? byId("key").value;
}

function markKey() {
	for (const button of byId("keys").querySelectorAll("button")) {
		if (shown && button.key === shown.key) {
			button.setAttribute("aria-current", "true");
		}
		else {
			button.removeAttribute("aria-current");
		}
	}
}

// A value

const SOURCES = {
	pending: "a local file that is not committed yet",
	local: "a local copy of a data file",
	cache: "memory",
	bucket: "the bucket",
};

async function lookUp(key) {
	const database = current;
	say("change-words", "");
	try {
		const found = await ask("value", { database, key });
		if (database !== current) {
			return;
		}
		shown = { ...found, content: found.found ? decode(found.base64) : null };
		showValue();
	}
	catch (failure) {
		shown = null;
		byId("formats").hidden = true;
		byId("value").hidden = true;
		say("value-words", failure.message, true);
	}
	markKey();
}

function decode(base64) {
	return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function showValue() {
	byId("formats").hidden = !shown.found;
	byId("value").hidden = !shown.found;
	if (!shown.found) {
		say("value-words", "There is no such key here. " + costWords(shown.cost));
		return;
	}
	shown.text = text(shown);
	shown.json = shown.bytes === shown.shownBytes ? json(shown.text) : null;
	for (const radio of document.getElementsByName("format")) {
		radio.disabled = radio.value === "json" ? shown.json == null : radio.value === "text" && shown.text == null;
		radio.checked = radio.value === (shown.json != null ? "json" : shown.text != null ? "text" : "hex");
	}
	say("value-words", many(shown.bytes, "byte") + (shown.bytes > shown.shownBytes
		? ", of which the first " + bytes(shown.shownBytes) + " are shown" : "") + ". " + costWords(shown.cost));
	format();
}

function costWords(cost) {
	const price = cost.requests === 0 ? "cost no request"
		: "cost " + many(cost.requests, "request") + " and " + bytes(cost.bytesRead);
	if (!cost.alone) {
		return "While it was read, it and other reads of the application " + price + ".";
	}
	return (cost.source ? "Read from " + SOURCES[cost.source] + "; it " : "The look ") + price + ".";
}

/** The value as text; null where it is none. One that is cut may end within a character. */
function text({ content, bytes: all, shownBytes }) {
	try {
		const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
		return decoder.decode(content, { stream: shownBytes < all });
	}
	catch {
		return null;
	}
}

function json(string) {
	try {
		const value = JSON.parse(string);
		return typeof value === "object" && value !== null ? indented(string) : null;
	}
	catch {
		return null;
	}
}

/** Valid JSON with line breaks. Its numbers and names stay as they are written, unlike by JSON.parse. */
function indented(string) {
	let depth = 0;
	const line = () => "\n" + "  ".repeat(depth);
	const tokens = string.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
	return tokens.map((token, at) => {
		if (token === "{" || token === "[") {
			depth++;
			return /[}\]]/.test(tokens[at + 1]) && tokens[at + 1].length === 1 ? token : token + line();
		}
		if (token === "}" || token === "]") {
			depth--;
			return tokens[at - 1] === "{" || tokens[at - 1] === "[" ? token : line() + token;
		}
		return token === "," ? token + line() : token === ":" ? ": " : token;
	}).join("");
}

function hex(content) {
	const lines = [];
	for (let at = 0; at < content.length; at += 16) {
		const row = [...content.subarray(at, at + 16)];
		lines.push(at.toString(16).padStart(6, "0") + "  "
			+ row.map((value) => value.toString(16).padStart(2, "0")).join(" ").padEnd(47) + "  "
			+ row.map((value) => value >= 32 && value < 127 ? String.fromCharCode(value) : ".").join(""));
	}
	return lines.join("\n");
}

function format() {
	const chosen = [...document.getElementsByName("format")].find((radio) => radio.checked).value;
	byId("value").textContent = chosen === "json" ? shown.json : chosen === "text" ? shown.text : hex(shown.content);
	byId("value").dir = chosen === "text" ? "auto" : "ltr";
}

// Changes

function showAllowed({ actionsAllowed: allowed, reason, actions }) {
	byId("put").hidden = !allowed;
	byId("actions").hidden = !allowed;
	byId("read-only").hidden = allowed;
	say("read-only", reason ?? "");
	if (allowed && byId("actions").childElementCount === 0) {
		byId("actions").replaceChildren(...actions.map(actionButton));
	}
}

async function put() {
	const key = chosenKey();
	const database = current;
	try {
		const done = await change("put", { database, key, value: byId("new-value").value,
			encoding: byId("new-hex").checked ? "hex" : "text" });
		await lookUp(key);
		say("change-words", (done.outcome === "replaced" ? "Replaced" : "Put") + ", " + many(done.bytes, "byte")
			+ ". It is pending until the next upload.");
		look();
	}
	catch (failure) {
		say("change-words", failure.message, true);
	}
}

async function remove() {
	const key = chosenKey();
	const database = current;
	if (!await sure("Delete the key?", visible(key) + " has no value any more then. The next upload commits that.")) {
		return;
	}
	try {
		const done = await change("delete", { database, key });
		await lookUp(key);
		say("change-words", done.outcome === "deleted" ? "Deleted. The next upload commits it." : "There was no such key.");
		look();
	}
	catch (failure) {
		say("change-words", failure.message, true);
	}
}

/** Asks; the dialog gives the focus back by itself. */
function sure(title, words) {
	const dialog = byId("sure");
	say("sure-title", title);
	say("sure-words", words);
	dialog.returnValue = "no";
	dialog.showModal();
	return new Promise((resolve) => {
		dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
	});
}

// Actions

function actionButton(action) {
	const button = element("button", action);
	button.type = "button";
	button.append(element("small", ACTIONS[action] ?? ""));
	button.addEventListener("click", () => perform(action));
	return button;
}

async function perform(action) {
	const database = current;
	say("refused-words", "");
	if (busy) {
		say("refused-words", "Another action is running. Try again when it has ended.", true);
		return;
	}
	if (HEAVY.includes(action) && !await sure(sentence(action.replaceAll("-", " ")).replace(/\.$/, "?"),
		"It " + ACTIONS[action] + (action === "compact-sorted" ? ": rewrites every data file" : "")
		+ ", which takes requests and time where there is much.")) {
		return;
	}
	watched = database;
	say("action-words", action + " …");
	try {
		const operation = await change("perform", { database, action });
		if (database === current) {
			showOperation(operation);
		}
	}
	catch (failure) {
		watched = null;
		say("action-words", "");
		say("refused-words", action + ": " + failure.message, true);
	}
	look();
}

/** An action that runs, or the last that did: also one that was begun elsewhere. */
function showOperation(operation) {
	const running = operation?.status === "RUNNING";
	busy = running;
	for (const button of byId("actions").querySelectorAll("button")) {
		// Not disabled: that would take the focus away from who has no mouse.
		button.setAttribute("aria-disabled", String(running));
	}
	if (!operation || (watched === null && !running)) {
		byId("progress").hidden = true;
		return;
	}
	watched = current;
	const percent = operation.progress?.percent;
	byId("progress").hidden = !running;
	if (running) {
		if (percent == null) {
			byId("progress").removeAttribute("value");
		}
		else {
			byId("progress").value = percent;
		}
		say("action-words", operation.action + " is under way.");
		byId("result").replaceChildren();
		return;
	}
	const failed = operation.status !== "COMPLETED";
	say("action-words", operation.action + (failed ? " failed: " + sentence(operation.error) : " is done, in "
		+ duration(operation.took) + ".") + (operation.hint ? " " + operation.hint : ""), failed);
	const rows = resultRows(operation.result ?? {});
	const drawn = JSON.stringify(rows);
	if (byId("result").dataset.drawn !== drawn || !byId("result").firstChild) {
		byId("result").dataset.drawn = drawn;
		byId("result").replaceChildren(...(rows.length ? [group([operation.action, rows])] : []));
	}
}

function resultRows(result, prefix = "") {
	return Object.entries(result).flatMap(([name, value]) => {
		const words = prefix + name.replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase());
		if (Array.isArray(value)) {
			return value.length === 0 ? [] : [[words, value.map((item) => visible(typeof item === "object"
				? JSON.stringify(item) : String(item))).join("; ")]];
		}
		if (value !== null && typeof value === "object") {
			return resultRows(value, words + ": ");
		}
		return value == null ? [] : [[words, typeof value === "number" ? (/ytes$/.test(name) ? bytes(value)
			: count.format(value)) : visible(String(value))]];
	});
}

// Hands

function onSubmit(form, work) {
	byId(form).addEventListener("submit", (event) => {
		event.preventDefault();
		work();
	});
}

onSubmit("list", () => {
	page = { prefix: byId("prefix").value, last: null };
	listKeys();
});
onSubmit("lookup", () => lookUp(chosenKey()));
onSubmit("put", put);
byId("key").addEventListener("input", () => { exactKey = null; });
byId("delete").addEventListener("click", remove);
byId("first").addEventListener("click", () => listKeys());
byId("next").addEventListener("click", () => listKeys(page.last));
byId("formats").addEventListener("change", format);
addEventListener("hashchange", () => {
	if (location.hash === "#main") {
		byId("main").focus();
		history.replaceState(null, "", "#" + encodeURIComponent(current ?? ""));
	}
	look();
});
document.addEventListener("visibilitychange", () => {
	if (document.hidden) {
		clearTimeout(timer);
		say("live", "Paused while this page is hidden");
	}
	else {
		look();
	}
});

look();
