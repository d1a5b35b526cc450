/* What a page does besides being read: times in the zone of who looks, and no refresh under his hands. */

const DAY = 86_400_000;

function local(time) {
	const then = new Date(time.dateTime);
	if (Number.isNaN(then.getTime())) {
		return;
	}
	time.title = then.toLocaleString();
	if (time.hasAttribute('data-ago')) {
		const seconds = Math.max(0, Math.round((Date.now() - then) / 1000));
		time.textContent = seconds < 60 ? `${seconds} s ago` : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : then.toLocaleString();
		return;
	}
	const recent = Date.now() - then < DAY;
	time.textContent = recent ? then.toLocaleTimeString() : then.toLocaleString();
}

function localise(root) {
	root.querySelectorAll('time[datetime]').forEach(local);
}

localise(document);
document.body.addEventListener('htmx:afterSwap', () => localise(document));

// a button that has the focus must not be replaced before it is pressed
document.body.addEventListener('htmx:beforeRequest', (event) => {
	const asked = event.detail.elt;
	if (document.hidden || asked.contains(document.activeElement)) {
		event.preventDefault();
	}
});

// whoever is signed out meanwhile gets the way in, not a page within a page
document.body.addEventListener('htmx:beforeSwap', (event) => {
	if (event.detail.xhr.responseURL.includes('/sign-in')) {
		event.preventDefault();
		window.location.reload();
	}
});

// what cannot be read again is shown as old
const stale = (old) => document.body.classList.toggle('stale', old);
document.body.addEventListener('htmx:sendError', () => stale(true));
document.body.addEventListener('htmx:responseError', () => stale(true));
document.body.addEventListener('htmx:afterSwap', () => stale(false));
