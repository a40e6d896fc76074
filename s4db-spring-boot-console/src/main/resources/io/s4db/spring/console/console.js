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
let shownFiles = null;
let page = firstPage("");
let exactKey = null; // the key that was chosen from the list: a field has no line breaks
let shown = null; // the value that is shown, and its bytes
let timer = null;
let busy = false; // whether an action runs
let samples = {}; // by database, what its requests have come to since this page looks
let commitsShown = 0; // how many commits are asked for
let watched = null; // the action that was begun here
const asked = {}; // by place, how often something was asked for that is shown there

// Asking

async function ask(view, parameters = {}) {
	const url = new URL(view, HOME);
	for (const [name, value] of Object.entries(parameters)) {
		url.searchParams.set(name, value);
	}
	return answer(await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" }));
}

/**
 * Asks for what is shown at one place. Where it takes a while that is said there; null if something else was asked for
 * there meanwhile, or another database is shown: an answer that comes late is not put in the place of a later one.
 */
async function askFor(place, words, view, parameters) {
	const database = current;
	const number = asked[place] = (asked[place] ?? 0) + 1;
	const isLatest = () => asked[place] === number && database === current;
	const slow = setTimeout(() => isLatest() && say(place, words), 1000);
	try {
		const found = await ask(view, { database, ...parameters });
		return isLatest() ? found : null;
	}
	catch (failure) {
		if (!isLatest()) {
			return null;
		}
		throw failure;
	}
	finally {
		clearTimeout(slow);
	}
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
	// An action that was cancelled while it was waited for is no failure to ask.
	if (!response.ok && response.status !== 202 && body.status !== "CANCELLED") {
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
	showExport();
	if (current) {
		showDatabase(answered.databases[current]);
	}
}

function forget() {
	shownFiles = null;
	shown = null;
	exactKey = null;
	page = firstPage(byId("prefix").value);
	watched = null;
	commitsShown = 0;
	for (const id of ["keys-words", "value-words", "change-words", "action-words", "refused-words", "commits-words",
		"commit-words", "import-words"]) {
		say(id, "");
	}
	for (const id of ["keys", "result", "place", "commit-keys"]) {
		byId(id).replaceChildren();
	}
	byId("commits").tBodies[0].replaceChildren();
	for (const id of ["pager", "formats", "value", "progress", "cancel", "more-commits", "commits-scroll"]) {
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
	showRequests(report.requests);
	showFiles(report);
	showOperation(report.operation);
}

function sentence(text) {
	return text ? text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "";
}

function groups(report) {
	return [
		["Bucket", bucketRows(report)],
		["Index", indexRows(report)],
		["Tiers of the index, from the top", tierRows(report.index?.tiers)],
		["Pending", pendingRows(report.pending)],
		["Commits", commitRows(report.commits)],
		["Requests since opening", requestRows(report.requests)],
		["Cache", cacheRows(report.cache)],
		["Cache on disk", cacheRows(report.diskCache)],
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

function indexRows({ index, commits, pending }) {
	const rows = [];
	if (index) {
		add(rows, "keys", (index.exact ? "" : "about ") + count.format(index.keys));
		add(rows, "matches the bucket", index.matchesBucket == null ? "unknown" : index.matchesBucket ? "yes" : "no");
		add(rows, "commits behind", index.behind && count.format(index.behind));
		add(rows, "mode", index.pages ? "pages of the bucket" : index.mode.toLowerCase());
		add(rows, "layers", (pending?.entries ? many(pending.entries, "pending entry", "pending entries") + ", on " : "")
			+ (commits.seq > commits.checkpointSeq ? many(commits.seq - commits.checkpointSeq, "commit") + ", on " : "")
			+ "the checkpoint of " + count.format(commits.checkpointSeq));
		add(rows, "heap", bytes(index.heapBytes));
		add(rows, "disk", bytes(index.diskBytes));
		add(rows, "pages kept", index.pages && bytes(index.pages.bytes));
		add(rows, "pages found kept", index.pages && rate(index.pages));
	}
	return rows;
}

const TIERS = {
	RECENT: "recent, in memory",
	SEALED: "sealed, being written",
	FILE: "file, on disk",
	BASE: "base, in the bucket",
};

/** Where the index is not in memory alone: a key's place is told by the first tier that knows it. */
function tierRows(tiers) {
	return (tiers ?? []).map(({ kind, entries, bytes: size, pages }) => [TIERS[kind] ?? kind.toLowerCase(),
		many(entries, "entry", "entries") + ", " + bytes(size) + (pages ? ", " + many(pages, "page") : "")]);
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
	}
	return rows;
}

function cacheRows(cache) {
	const rows = [];
	if (cache) {
		add(rows, "reads that it served", rate(cache));
		add(rows, "size", bytes(cache.bytes));
	}
	return rows;
}

function rate({ hits, misses }) {
	return hits + misses === 0 ? "none asked for" : count.format(hits) + " of " + count.format(hits + misses) + ", "
		+ (100 * hits / (hits + misses)).toFixed(0) + " %";
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

// Requests over time

const SLOTS = 60;
const SLOT = 10_000; // milliseconds

/** What came since the look before counts for now: how it was spread nobody knows. */
function showRequests(requests) {
	const now = Math.floor(Date.now() / SLOT);
	const known = samples[current] ??= { since: Date.now(), slots: [], last: null };
	if (requests) {
		const reading = requests.gets + requests.heads + requests.lists;
		const writing = requests.puts + requests.deletes;
		const { last } = known;
		// Of a database that was opened anew it counts from zero again.
		if (last && reading >= last.reading && writing >= last.writing) {
			const slot = known.slots.find((one) => one.at === now);
			const more = slot ?? { at: now, reading: 0, writing: 0, dollars: 0 };
			more.reading += reading - last.reading;
			more.writing += writing - last.writing;
			more.dollars += Math.max(0, requests.estimatedDollars - last.dollars);
			if (!slot) {
				known.slots.push(more);
			}
		}
		known.last = { reading, writing, dollars: requests.estimatedDollars };
	}
	known.slots = known.slots.filter((slot) => slot.at > now - SLOTS);
	drawRequests(known, now);
}

function drawRequests({ slots, since }, now) {
	const most = Math.max(1, ...slots.map((slot) => slot.reading + slot.writing));
	const sum = (part) => slots.reduce((total, slot) => total + slot[part], 0);
	const minutes = Math.min(10, Math.round((Date.now() - since) / 60_000));
	say("requests-words", (minutes < 1 ? "Since this page looks" : "In the last " + many(minutes, "minute")) + ": "
		+ many(sum("reading"), "request") + " that read and " + count.format(sum("writing"))
		+ (sum("writing") === 1 ? " that writes" : " that write") + ", for about $" + sum("dollars").toFixed(6) + ".");
	say("graph-most", slots.some((slot) => slot.reading + slot.writing > 0)
		? "the highest is " + many(most, "request") + " in 10 seconds" : "none so far");
	const drawn = JSON.stringify([slots, now]);
	const graph = byId("graph");
	if (graph.dataset.drawn !== drawn) {
		graph.dataset.drawn = drawn;
		graph.replaceChildren(...slots.flatMap((slot) => {
			const x = (SLOTS - 1 - (now - slot.at)) * 10;
			const reading = 120 * slot.reading / most;
			const writing = 120 * slot.writing / most;
			return [bar(x, 120 - reading, reading, "reading"), bar(x, 120 - reading - writing, writing, "writing")];
		}));
	}
}

function bar(x, y, height, kind) {
	const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
	for (const [name, value] of Object.entries({ x, y, height, width: 8, class: kind })) {
		made.setAttribute(name, String(value));
	}
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

/** A page of keys: those that begin so, after a key, or null on the first; and the page before it. */
function firstPage(prefix) {
	return { prefix, after: null, before: null };
}

async function listKeys(wanted) {
	try {
		const found = await askFor("keys-words", "All keys are looked at, as they are not in order yet …", "keys",
			{ prefix: wanted.prefix, ...(wanted.after == null ? {} : { after: wanted.after }) });
		if (!found) {
			return;
		}
		page = { ...wanted, last: found.keys.at(-1) };
		const isFirst = page.after == null;
		byId("keys").replaceChildren(...found.keys.map(keyItem));
		byId("pager").hidden = isFirst && !found.more;
		const held = PAGER.includes(document.activeElement.id);
		byId("first").disabled = isFirst;
		byId("previous").disabled = isFirst;
		byId("next").disabled = !found.more;
		if (held) {
			keepFocus();
		}
		say("keys-words", found.keys.length === 0 ? (isFirst ? "No key begins so." : "There are no more.")
			: many(found.keys.length, "key") + (found.more ? ", and there are more." : isFirst ? "." : ", the last."));
		markKey();
	}
	catch (failure) {
		say("keys-words", failure.message, true);
	}
}

const PAGER = ["first", "previous", "next"];

/** What is disabled loses the focus, and with it whoever has no mouse. */
function keepFocus() {
	if (!PAGER.includes(document.activeElement.id) || document.activeElement.disabled) {
		const button = ["next", "previous"].map(byId).find((candidate) => !candidate.disabled && !byId("pager").hidden);
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
	disk: "what is kept of the bucket on the local disk",
	bucket: "the bucket",
};

async function lookUp(key) {
	say("change-words", "");
	try {
		const found = await askFor("value-words", "The value is read …", "value", { key });
		if (!found) {
			return;
		}
		shown = { ...found, content: found.found ? decode(found.base64) : null };
		showValue();
	}
	catch (failure) {
		shown = null;
		byId("place").replaceChildren();
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
	byId("place").replaceChildren(...(shown.location ? [group(["Where it stands", placeRows(shown)])] : []));
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

const LAYERS = {
	PENDING: "pending: the next upload commits it",
	LOCAL: "committed; there is a local copy",
	BUCKET: "committed; in the bucket alone",
};

function placeRows({ location: at, lookRequests }) {
	const rows = [];
	add(rows, "layer", LAYERS[at.source]);
	add(rows, at.source === "PENDING" ? "pending file" : "data file", at.name);
	add(rows, "offset", count.format(at.offset));
	add(rows, "entry", many(at.bytes, "byte") + ", with key and checksum");
	if (at.source !== "PENDING") {
		add(rows, "commit", at.seq ? count.format(at.seq) : "before what the log tells");
		add(rows, "file written", at.written ? when(at.written) : "unknown");
	}
	add(rows, "to find out", lookRequests ? many(lookRequests, "request") : "no request");
	return rows;
}

function when(instant) {
	return ago(instant) + (Date.now() - Date.parse(instant) < 7_200_000
		? ", at " + new Date(instant).toLocaleTimeString() : "");
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

// Commits

const KINDS = {
	CHANGE: "put and deleted keys",
	COMPACTION: "compaction",
	SEVERAL: "several commits in one",
	REBUILD: "index made anew",
	FILE: "data file of an earlier one",
};

const COMMITS = 20;

async function listCommits(limit) {
	try {
		const found = await askFor("commits-words", "The commits are asked for …", "commits", { limit });
		if (!found) {
			return;
		}
		commitsShown = limit;
		byId("commits-scroll").hidden = found.commits.length === 0;
		byId("commits").tBodies[0].replaceChildren(...found.commits.map(commitRow));
		const held = document.activeElement === byId("more-commits");
		byId("more-commits").hidden = !found.more || limit >= 200;
		if (held && byId("more-commits").hidden) {
			byId("show-commits").focus();
		}
		say("show-commits", "Show the commits anew");
		say("commits-words", (found.commits.length === 0 ? "Nothing was committed. "
			: many(found.commits.length, "commit") + (found.more ? ", and there are earlier ones. " : ". "))
			+ "It took " + (found.requests ? many(found.requests, "request") : "no request") + ".");
	}
	catch (failure) {
		say("commits-words", failure.message, true);
	}
}

function commitRow(commit) {
	const row = element("tr");
	const seq = element("th", commit.seq ? count.format(commit.seq) : "–");
	seq.scope = "row";
	const show = element("button", "Show keys");
	show.type = "button";
	show.setAttribute("aria-label", "Show the keys of " + commitName(commit));
	show.addEventListener("click", () => showKeys(commit));
	const keys = element("td");
	if (commit.kind === "COMPACTION" || commit.kind === "REBUILD") {
		keys.append("none told");
	}
	else if (commit.entries > 1_000_000) {
		keys.append("too many");
	}
	else {
		keys.append(show);
	}
	row.append(seq, keys, element("td", KINDS[commit.kind] ?? commit.kind),
		element("td", commit.time ? new Date(commit.time).toLocaleString() : "unknown"),
		element("td", commit.entries < 0 ? "unknown" : count.format(commit.entries), "number"),
		element("td", bytes(commit.bytes), "number"), element("td", ranges(commit.dataFiles)),
		element("td", commit.writer ?? ""));
	return row;
}

function commitName(commit) {
	return commit.seq ? "commit " + count.format(commit.seq) : "data file " + commit.dataFiles[0];
}

/** Numbers that follow each other as one range. */
function ranges(numbers) {
	const sorted = [...numbers].sort((one, other) => one - other);
	const found = [];
	for (const number of sorted) {
		const last = found.at(-1);
		if (last && last[1] === number - 1) {
			last[1] = number;
		}
		else {
			found.push([number, number]);
		}
	}
	return found.map(([from, to]) => from === to ? String(from) : from + "–" + to).join(", ");
}

async function showKeys(commit) {
	try {
		const found = await askFor("commit-words", "The keys of " + commitName(commit) + " are read …", "commit",
			commit.seq ? { seq: commit.seq } : { file: commit.dataFiles[0] });
		if (!found) {
			return;
		}
		say("commit-words", sentence(commitName(commit)).replace(/\.$/, "") + ": " + (found.complete
			? many(found.put, "key") + " put, " + count.format(found.deleted) + " deleted"
			: "which keys it changed is not known any more") + ". It took "
			+ (found.requests ? many(found.requests, "request") : "no request") + ".");
		byId("commit-keys").replaceChildren(...[["Put", found.putKeys, found.put], ["Deleted", found.deletedKeys,
			found.deleted]].filter(([, keys]) => keys.length).map(changedKeys));
	}
	catch (failure) {
		byId("commit-keys").replaceChildren();
		say("commit-words", failure.message, true);
	}
}

function changedKeys([title, keys, all]) {
	const made = element("div");
	const list = element("ul", "", "keys");
	list.append(...keys.map(keyItem));
	// What was looked up is further up on the page.
	list.addEventListener("click", () => byId("key").focus());
	made.append(element("h3", title + (all > keys.length ? ", " + count.format(keys.length) + " of "
		+ count.format(all) : "")), list);
	return made;
}

// Changes

function showAllowed({ actionsAllowed: allowed, reason, actions }) {
	byId("put").hidden = !allowed;
	byId("import").hidden = !allowed;
	byId("actions").hidden = !allowed;
	byId("read-only").hidden = allowed;
	say("read-only", reason ?? "");
	if (allowed && byId("actions").childElementCount === 0) {
		byId("actions").replaceChildren(...actions.map(actionButton));
	}
}

/** Before what is said of a database: its name, where another one is shown by now. */
function of(database) {
	return database === current ? "" : database + ": ";
}

async function put() {
	const key = chosenKey();
	const database = current;
	try {
		const done = await change("put", { database, key, value: byId("new-value").value,
			encoding: byId("new-hex").checked ? "hex" : "text" });
		if (database === current) {
			await lookUp(key);
		}
		say("change-words", of(database) + (done.outcome === "replaced" ? "Replaced" : "Put") + ", "
			+ many(done.bytes, "byte") + ". It is pending until the next upload.");
		look();
	}
	catch (failure) {
		say("change-words", of(database) + failure.message, true);
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
		if (database === current) {
			await lookUp(key);
		}
		say("change-words", of(database) + (done.outcome === "deleted" ? "Deleted. The next upload commits it."
			: "There was no such key."));
		look();
	}
	catch (failure) {
		say("change-words", of(database) + failure.message, true);
	}
}

/** Asks; the dialog gives the focus back by itself. */
function sure(title, words) {
	const dialog = byId("sure");
	say("sure-title", title);
	say("sure-words", words);
	dialog.showModal();
	return new Promise((resolve) => {
		const asked = new AbortController();
		const answer = (yes) => {
			asked.abort();
			resolve(yes);
		};
		const { signal } = asked;
		dialog.querySelector("form").addEventListener("submit", (event) => answer(event.submitter?.value === "yes"), { signal });
		// It comes later than it happens: that of the question before is not the answer to this one.
		dialog.addEventListener("close", () => dialog.open || answer(false), { signal });
	});
}

// Export and import

function showExport() {
	for (const format of ["ndjson", "csv"]) {
		const url = new URL("export/" + encodeURIComponent((current ?? "").replaceAll("/", ".")) + "/"
			+ encodeURIComponent((current ?? "").replace(/[^\w.-]/g, "_") + "." + format), HOME);
		if (byId("export-prefix").value) {
			url.searchParams.set("prefix", byId("export-prefix").value);
		}
		byId("export-" + format).href = url;
	}
}

/** What is put at once: so much, or so many. */
const BATCH_BYTES = 100_000;
const BATCH_ENTRIES = 1000;
/** A file that is none has a line as long as itself. */
const LONGEST = 64 * 1024 * 1024;

let importing = null; // the import that runs: how far it is, and whether it is to stop

/** A line of a file that is not what it should be. */
class BadLine extends Error {

	constructor(line, reason) {
		super("Line " + count.format(line) + ": " + reason);
	}

}

async function importFile() {
	const file = byId("import-file").files[0];
	if (importing || !file) {
		return;
	}
	importing = { database: current, read: 0, put: 0, stop: false };
	byId("import-stop").hidden = false;
	byId("import-progress").hidden = false;
	byId("import-progress").value = 0;
	say("import-words", "The import is under way.");
	const { database } = importing;
	let bad = false;
	let words;
	try {
		await putAll(records(file), file);
		words = importing.stop ? "Stopped: " + many(importing.put, "entry was", "entries were") + " put, the rest was not."
			: many(importing.put, "entry was", "entries were") + " put. They are pending until the next upload.";
	}
	catch (failure) {
		bad = true;
		const reason = failure instanceof TypeError ? "the file is not text in UTF-8, or not the gzip that its name says"
			: failure.message;
		words = sentence(reason) + " " + many(importing.put, "entry", "entries") + " before it "
			+ (importing.put === 1 ? "was" : "were") + " put, nothing from there on.";
	}
	importing = null;
	if (document.activeElement === byId("import-stop")) {
		byId("import").querySelector("button").focus();
	}
	byId("import-stop").hidden = true;
	byId("import-progress").hidden = true;
	say("import-words", of(database) + words, bad);
	look();
}

/** Puts entries some at a time. Those before a line that is bad are put. */
async function putAll(entries, file) {
	let batch = [];
	let size = 0;
	const flush = async () => {
		if (batch.length) {
			const { length } = batch;
			await change("import", { database: importing.database, pairs: batch.join("\n") });
			importing.put += length;
			batch = [];
			size = 0;
			byId("import-progress").value = 100 * importing.read / Math.max(1, file.size);
		}
	};
	try {
		for await (const { key, value } of entries) {
			const pair = base64(new TextEncoder().encode(key)) + "," + base64(value);
			if (size + pair.length > BATCH_BYTES || batch.length === BATCH_ENTRIES) {
				await flush();
			}
			if (importing.stop) {
				return;
			}
			batch.push(pair);
			size += pair.length;
		}
	}
	catch (failure) {
		if (failure instanceof BadLine || failure instanceof TypeError) {
			await flush();
		}
		throw failure;
	}
	await flush();
}

function base64(content) {
	let binary = "";
	for (let at = 0; at < content.length; at += 0x8000) {
		binary += String.fromCharCode(...content.subarray(at, at + 0x8000));
	}
	return btoa(binary);
}

/** The text of a file, piece by piece. A TypeError says that it is none. */
async function* pieces(file) {
	const counted = new TransformStream({
		transform(piece, to) {
			importing.read += piece.length;
			to.enqueue(piece);
		},
	});
	let stream = file.stream().pipeThrough(counted);
	if (file.name.toLowerCase().endsWith(".gz")) {
		stream = stream.pipeThrough(new DecompressionStream("gzip"));
	}
	const reader = stream.pipeThrough(new TextDecoderStream("utf-8", { fatal: true })).getReader();
	try {
		for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
			yield piece.value;
		}
	}
	finally {
		reader.cancel().catch(() => {});
	}
}

function records(file) {
	const name = file.name.toLowerCase().replace(/\.gz$/, "");
	return name.endsWith(".csv") ? csvEntries(file) : ndjsonEntries(file);
}

async function* ndjsonEntries(file) {
	let line = 0;
	for await (const text of lines(file)) {
		line++;
		if (text.trim() !== "") {
			yield ndjsonEntry(text, line);
		}
	}
}

async function* lines(file) {
	let rest = "";
	for await (const piece of pieces(file)) {
		const found = piece.split("\n");
		found[0] = rest + found[0];
		rest = found.pop();
		yield* found;
		if (rest.length > LONGEST) {
			throw new Error("A line is longer than " + bytes(LONGEST));
		}
	}
	if (rest !== "") {
		yield rest;
	}
}

function ndjsonEntry(text, line) {
	let entry;
	try {
		entry = JSON.parse(text);
	}
	catch {
		throw new BadLine(line, "it is not JSON");
	}
	if (typeof entry?.key !== "string" || (typeof entry.value === "string") === (typeof entry.base64 === "string")) {
		throw new BadLine(line, 'it is not an object with a "key" and either a "value" or a "base64", each a string');
	}
	return made(entry.key, entry.value, entry.base64, line);
}

function made(key, value, encoded, line) {
	const name = byId("import-prefix").value + key;
	if (!whole(name) || (value !== undefined && !whole(value))) {
		throw new BadLine(line, "it has half a character (a surrogate without the other)");
	}
	if (new TextEncoder().encode(name).length > 65_535) {
		throw new BadLine(line, "its key is longer than 65,535 bytes");
	}
	try {
		return { key: name, value: encoded === undefined ? new TextEncoder().encode(value) : decode(encoded) };
	}
	catch {
		throw new BadLine(line, "it is not base64");
	}
}

/** Whether a text has a form in UTF-8. */
function whole(text) {
	return !/[\ud800-\udfff]/u.test(text);
}

/** A value is the column "value", or "base64" where that has something; without either, JSON of all other columns. */
async function* csvEntries(file) {
	let header = null;
	const column = byId("import-column").value;
	for await (const { fields, line } of csvRecords(file)) {
		if (!header) {
			header = csvHeader(fields, column, line);
		}
		else {
			if (fields.length !== header.names.length) {
				throw new BadLine(line, "it has " + many(fields.length, "field") + " where the header has "
					+ header.names.length);
			}
			yield csvEntry(fields, header, line);
		}
	}
	if (!header) {
		throw new BadLine(1, "there is no header");
	}
}

function csvHeader(names, column, line) {
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice !== undefined) {
		throw new BadLine(line, 'two columns of the header are called "' + visible(twice) + '"');
	}
	const key = names.indexOf(column);
	if (key < 0) {
		const hint = names.length === 1 && /[;\t]/.test(names[0]) ? ", and what separates columns is a comma" : "";
		throw new BadLine(line, 'the header has no column "' + visible(column) + '" for the keys; its columns are '
			+ names.map(visible).join(", ") + hint);
	}
	return { names, key, value: names.indexOf("value"), base64: names.indexOf("base64") };
}

function csvEntry(fields, { names, key, value, base64: encoded }, line) {
	if (value >= 0 && value !== key) {
		const bytesGiven = encoded >= 0 && encoded !== key && fields[encoded] !== "";
		if (bytesGiven && fields[value] !== "") {
			throw new BadLine(line, "it has both a value and a base64");
		}
		return made(fields[key], bytesGiven ? undefined : fields[value], bytesGiven ? fields[encoded] : undefined, line);
	}
	const others = names.map((name, at) => [name, fields[at]]).filter((_, at) => at !== key);
	return made(fields[key], JSON.stringify(Object.fromEntries(others)), undefined, line);
}

/** As RFC 4180 has them; blank lines are passed over. */
async function* csvRecords(file) {
	let state = "start"; // of a field; or in a "plain" or "quoted" one, or after a "quote" in one
	let field = "";
	let fields = [];
	let line = 1;
	let begun = 1;
	for await (const piece of pieces(file)) {
		for (const character of piece) {
			if (character === "\n" && state !== "quoted") {
				fields.push(state === "plain" ? field.replace(/\r$/, "") : field.replace(/^\r$/, ""));
				if (fields.length > 1 || fields[0] !== "" || state === "quote") {
					yield { fields, line: begun };
				}
				[fields, field, state] = [[], "", "start"];
				begun = ++line;
				continue;
			}
			line += character === "\n" ? 1 : 0;
			if (state === "quoted") {
				[field, state] = character === '"' ? [field, "quote"] : [field + character, state];
			}
			else if (character === '"') {
				if (state === "plain") {
					throw new BadLine(line, "there is a double quote in a field that does not begin with one");
				}
				[field, state] = [state === "quote" ? field + '"' : "", "quoted"];
			}
			else if (character === ",") {
				fields.push(field);
				[field, state] = ["", "start"];
			}
			else if (state === "quote") {
				if (character !== "\r") {
					throw new BadLine(line, "there is text after the closing quote of a field");
				}
			}
			else {
				[field, state] = [field + character, "plain"];
			}
		}
		if (field.length > LONGEST) {
			throw new BadLine(begun, "it is longer than " + bytes(LONGEST));
		}
	}
	if (state === "quoted") {
		throw new BadLine(begun, "a quoted field is never closed");
	}
	if (fields.length > 0 || state !== "start") {
		yield { fields: [...fields, state === "plain" ? field.replace(/\r$/, "") : field], line: begun };
	}
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
		say("refused-words", "Another action is running, and there is one at a time in each database. Try again when it"
			+ " has ended, or cancel it.", true);
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
		if (database === current) {
			watched = null;
			say("action-words", "");
		}
		say("refused-words", of(database) + action + ": " + failure.message, true);
	}
	look();
}

/** As interrupting it does: what was done so far stays, and the database is correct. */
async function cancel() {
	const database = current;
	say("refused-words", "");
	try {
		const operation = await change("perform", { database, action: "cancel" });
		if (database === current) {
			showOperation(operation);
		}
	}
	catch (failure) {
		say("refused-words", of(database) + "cancel: " + failure.message, true);
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
		showCancel(false);
		return;
	}
	watched = current;
	const percent = operation.progress?.percent;
	byId("progress").hidden = !running;
	showCancel(running);
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
	say("action-words", operation.action + (operation.status === "CANCELLED" ? " was cancelled after "
		+ duration(operation.took) + ": " + sentence(operation.error) : failed ? " failed: " + sentence(operation.error) : " is done, in "
		+ duration(operation.took) + ".") + (operation.hint ? " " + operation.hint : ""), failed);
	const rows = resultRows(operation.result ?? {});
	const drawn = JSON.stringify(rows);
	if (byId("result").dataset.drawn !== drawn || !byId("result").firstChild) {
		byId("result").dataset.drawn = drawn;
		byId("result").replaceChildren(...(rows.length ? [group([operation.action, rows])] : []));
	}
}

function showCancel(running) {
	const held = document.activeElement === byId("cancel");
	byId("cancel").hidden = !running || !actionsAllowed;
	if (held && byId("cancel").hidden) {
		byId("actions").querySelector("button")?.focus();
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
	listKeys(firstPage(byId("prefix").value));
});
onSubmit("lookup", () => lookUp(chosenKey()));
onSubmit("put", put);
onSubmit("import", importFile);
onSubmit("export", () => byId("export-ndjson").focus());
byId("export-prefix").addEventListener("input", showExport);
byId("import-stop").addEventListener("click", () => { importing.stop = true; });
byId("key").addEventListener("input", () => { exactKey = null; });
byId("delete").addEventListener("click", remove);
byId("first").addEventListener("click", () => listKeys(firstPage(page.prefix)));
byId("previous").addEventListener("click", () => listKeys(page.before));
byId("next").addEventListener("click", () => listKeys({ prefix: page.prefix, after: page.last, before: page }));
byId("show-commits").addEventListener("click", () => listCommits(COMMITS));
byId("more-commits").addEventListener("click", () => listCommits(Math.min(200, commitsShown * 2)));
byId("cancel").addEventListener("click", cancel);
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
