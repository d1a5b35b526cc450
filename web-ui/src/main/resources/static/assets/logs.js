/* Follows a log through the Docker API: the same endpoint, permission and audit record as docker logs -f.
   A frame is a byte for the stream, three of nothing, four for the length, then a time, a space and the text. */

const HEADER = 8;
const KEPT = 5000;
const CONTROLS = /\x1b\[[0-?]*[ -\/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]/g;

const log = document.getElementById('log');
const state = document.getElementById('log-state');
const follow = document.getElementById('log-follow');
const search = document.getElementById('log-search');
const decoder = new TextDecoder();

const following = () => follow.getAttribute('aria-pressed') === 'true';

function wanted(line) {
	return search.value === '' || line.lastChild.textContent.toLowerCase().includes(search.value.toLowerCase());
}

function toEnd() {
	if (following()) {
		log.scrollTop = log.scrollHeight;
	}
}

/* Text alone: what a container writes is never markup. */
function append(stream, bytes) {
	const text = decoder.decode(bytes);
	const space = text.indexOf(' ');
	const line = document.createElement('div');
	const time = document.createElement('time');
	const body = document.createElement('span');
	line.className = stream === 2 ? 'err' : '';
	time.dateTime = text.slice(0, space);
	time.textContent = new Date(time.dateTime).toLocaleTimeString();
	body.textContent = text.slice(space + 1).replace(/\n$/, '').replace(CONTROLS, '');
	line.append(time, body);
	line.hidden = !wanted(line);
	log.append(line);
	while (log.childElementCount > KEPT) {
		log.firstChild.remove();
	}
}

function* frames(buffer) {
	let at = 0;
	const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
	while (buffer.length - at >= HEADER) {
		const end = at + HEADER + view.getUint32(at + 4);
		if (end > buffer.length) {
			break;
		}
		yield { stream: buffer[at], bytes: buffer.subarray(at + HEADER, end), end };
		at = end;
	}
}

function joined(first, second) {
	const both = new Uint8Array(first.length + second.length);
	both.set(first);
	both.set(second, first.length);
	return both;
}

async function run() {
	const answer = await fetch(`${log.dataset.source}?follow=1&stdout=1&stderr=1&timestamps=1&tail=500`);
	if (!answer.ok) {
		throw new Error(`status ${answer.status}`);
	}
	log.replaceChildren();
	state.textContent = 'live';
	let rest = new Uint8Array();
	for (const reader = answer.body.getReader(); ;) {
		const { done, value } = await reader.read();
		if (done) {
			return;
		}
		rest = joined(rest, value);
		let used = 0;
		for (const frame of frames(rest)) {
			append(frame.stream, frame.bytes);
			used = frame.end;
		}
		rest = rest.slice(used);
		document.getElementById('log-empty')?.remove();
		toEnd();
	}
}

search.hidden = false;
follow.hidden = false;
search.addEventListener('input', () => {
	for (const line of log.children) {
		line.hidden = !wanted(line);
	}
});
follow.addEventListener('click', () => {
	follow.setAttribute('aria-pressed', String(!following()));
	toEnd();
});
toEnd();

if (log.dataset.live === 'true' && log.dataset.terminal === 'false') {
	run()
		.then(() => { state.textContent = 'it has ended'; })
		.catch((reason) => { state.textContent = `not live (${reason.message}): reload to read again`; });
}
