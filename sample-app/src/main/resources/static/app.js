"use strict";

const byId = (id) => document.getElementById(id);
const entryUrl = (key) => "api/entries/" + encodeURIComponent(key);
const number = new Intl.NumberFormat("en");

function bytes(count) {
	const units = ["bytes", "KB", "MB", "GB", "TB"];
	let unit = 0;
	while (count >= 1000 && unit < units.length - 1) {
		count /= 1000;
		unit++;
	}
	return new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(count) + " " + units[unit];
}

function ago(instant) {
	if (!instant) {
		return "none since the start";
	}
	const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1000));
	if (seconds < 120) {
		return seconds + " s ago";
	}
	return seconds < 7200 ? Math.round(seconds / 60) + " min ago" : new Date(instant).toLocaleString();
}

/** Why a request was refused: the detail of its problem details, or the endpoint's error. */
async function reason(response) {
	const body = await response.json().catch(() => ({}));
	return body.detail || [body.error, body.hint].filter(Boolean).join(". ") || "Status " + response.status;
}

function say(id, text, failed) {
	const element = byId(id);
	element.textContent = text;
	element.classList.toggle("error", Boolean(failed));
}

// The database, as /actuator/s4db shows it

async function showStats() {
	const response = await fetch("actuator/s4db").catch(() => null);
	if (!response || !response.ok) {
		state("unreachable", "bad");
		return null;
	}
	const report = Object.values(await response.json())[0];
	const problem = report.problem || report.bucket?.problem || report.pending?.problem;
	state(report.state.toLowerCase(), problem ? "bad" : "ok");
	byId("problem").hidden = !problem;
	byId("problem").textContent = problem || "";
	byId("figures").replaceChildren(...figures(report).map(([name, value]) => figure(name, value)));
	return report;
}

function state(text, kind) {
	byId("state").textContent = text;
	byId("state").className = "badge " + kind;
}

function figures(report) {
	const { index, pending, commits, requests } = report;
	if (!index) {
		return [["Bucket", report.bucket?.location ?? "?"]];
	}
	return [
		["Keys", number.format(index.keys)],
		["Data files", number.format(index.dataFiles)],
		["Data", bytes(index.dataBytes)],
		["Garbage", (100 * index.garbageShare).toFixed(1) + " %"],
		["Pending", pending ? number.format(pending.entries) + " entries" : "nothing"],
		["Last upload", ago(commits?.lastCommit)],
		["Matches the bucket", index.matchesBucket == null ? "unknown" : index.matchesBucket ? "yes" : "no"],
		["Requests", requests ? number.format(requests.gets + requests.heads + requests.puts + requests.lists
			+ requests.deletes) : "?"],
	];
}

function figure(name, value) {
	const group = document.createElement("div");
	const term = document.createElement("dt");
	term.textContent = name;
	const description = document.createElement("dd");
	description.textContent = value;
	group.append(term, description);
	return group;
}

async function run(action) {
	const buttons = byId("actions").querySelectorAll("button");
	buttons.forEach((button) => { button.disabled = true; });
	say("operation", action + " …");
	try {
		const response = await fetch("actuator/s4db/" + action, { method: "POST" });
		if (response.ok) {
			await whenDone(action, await response.json());
		}
		else {
			say("operation", action + ": " + await reason(response), true);
		}
		await showStats();
	}
	catch (error) {
		say("operation", action + ": " + error.message, true);
	}
	finally {
		buttons.forEach((button) => { button.disabled = false; });
	}
}

async function whenDone(action, operation) {
	while (operation?.status === "RUNNING") {
		say("operation", action + " … " + (operation.progress ? operation.progress.percent + " %" : ""));
		await new Promise((resolve) => setTimeout(resolve, 1000));
		operation = (await showStats())?.operation;
	}
	const result = operation?.result ?? {};
	const summary = Object.entries(result).filter(([, value]) => typeof value !== "object")
		.map(([name, value]) => name + " " + (typeof value === "number" ? number.format(value) : value));
	say("operation", action + ": " + (operation?.error || summary.join(", ") || "done"), Boolean(operation?.error));
}

// Entries

async function lookUp() {
	const response = await fetch(entryUrl(byId("key").value));
	if (response.ok) {
		say("value", pretty(await response.text()));
	}
	else {
		say("value", await reason(response), true);
	}
}

function pretty(text) {
	try {
		const value = JSON.parse(text);
		return typeof value === "object" ? JSON.stringify(value, null, 2) : text;
	}
	catch {
		return text;
	}
}

async function deleteEntry() {
	const key = byId("key").value;
	const response = await fetch(entryUrl(key), { method: "DELETE" });
	say("value", response.ok ? "Deleted." : await reason(response), !response.ok);
	await showStats();
}

async function putEntry() {
	const key = byId("new-key").value;
	const response = await fetch(entryUrl(key), { method: "PUT", body: byId("new-value").value });
	say("put-result", response.ok ? (response.status === 201 ? "Created." : "Replaced.") : await reason(response),
		!response.ok);
	await showStats();
}

/** Offers the keys that begin with what has been typed so far. */
async function suggestKeys() {
	const query = new URLSearchParams({ prefix: byId("key").value, limit: "20" });
	const response = await fetch("api/entries?" + query);
	if (response.ok) {
		byId("keys").replaceChildren(...(await response.json()).keys.map((key) => new Option(key, key)));
	}
}

function onSubmit(form, work) {
	byId(form).addEventListener("submit", (event) => {
		event.preventDefault();
		work();
	});
}

onSubmit("lookup", lookUp);
onSubmit("put", putEntry);
byId("key").addEventListener("input", suggestKeys);
byId("delete").addEventListener("click", deleteEntry);
byId("refresh-stats").addEventListener("click", showStats);
byId("actions").addEventListener("click", (event) => {
	if (event.target.dataset.action) {
		run(event.target.dataset.action);
	}
});

showStats();
lookUp();
