package dev.caisson.platform.image;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;

/** Which images a list shall have. */
final class ImageFilter {

	private static final Set<String> KNOWN = Set.of("reference", "dangling", "label", "before", "since", "until");

	private final List<NamePattern> names;

	private final Predicate<Image> others;

	private ImageFilter(List<NamePattern> names, Predicate<Image> others) {
		this.names = names;
		this.others = others;
	}

	/**
	 * Reads the filters.
	 * @throws BadParameterException if one is unknown or malformed
	 */
	static ImageFilter of(ListFilters filters, ImageStore images) {
		filters.allowOnly(KNOWN);
		Predicate<Image> all = (image) -> true;
		for (String label : filters.of("label")) {
			all = all.and((image) -> hasLabel(image, label));
		}
		for (String other : filters.of("before")) {
			Instant time = created(images.find(other));
			all = all.and((image) -> created(image).isBefore(time));
		}
		for (String other : filters.of("since")) {
			Instant time = created(images.find(other));
			all = all.and((image) -> created(image).isAfter(time));
		}
		for (String until : filters.of("until")) {
			Instant time = time(until);
			all = all.and((image) -> created(image).isBefore(time));
		}
		if (filters.has("dangling")) {
			boolean wanted = truth("dangling", filters.of("dangling"));
			all = all.and((image) -> image.tags().isEmpty() == wanted);
		}
		return new ImageFilter(filters.of("reference").stream().map(NamePattern::new).toList(), all);
	}

	/** Of the filters of a removal those that are about one image alone. */
	static Predicate<Image> forPrune(ListFilters filters) {
		Predicate<Image> all = (image) -> filters.of("label").stream().allMatch((label) -> hasLabel(image, label));
		all = all.and((image) -> filters.of("label!").stream().noneMatch((label) -> hasLabel(image, label)));
		for (String until : filters.of("until")) {
			Instant time = time(until);
			all = all.and((image) -> created(image).isBefore(time));
		}
		return all;
	}

	/**
	 * Of an image that is found by name, only the names that were asked for are shown.
	 */
	Stream<Image> apply(List<Image> images) {
		Stream<Image> found = images.stream().filter(this.others);
		return this.names.isEmpty() ? found : found.map(this::withMatchingNames)
			.filter((image) -> !image.tags().isEmpty() || !image.digests().isEmpty());
	}

	private Image withMatchingNames(Image image) {
		return new Image(image.id(), matching(image.tags()), matching(image.digests()), image.created(),
				image.architecture(), image.variant(), image.os(), image.author(), image.comment(), image.size(),
				image.config(), image.history(), image.diffIds(), image.rawConfig());
	}

	private List<ImageReference> matching(List<ImageReference> references) {
		return references.stream()
			.filter((reference) -> this.names.stream().anyMatch((name) -> name.test(reference)))
			.toList();
	}

	private static boolean hasLabel(Image image, String wanted) {
		Map<String, String> labels = image.config().labels();
		int equals = wanted.indexOf('=');
		return (equals < 0) ? labels.containsKey(wanted)
				: wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
	}

	private static Instant created(Image image) {
		return Objects.requireNonNullElse(image.created(), Instant.EPOCH);
	}

	static boolean truth(String name, List<String> values) {
		String value = values.getFirst();
		if (values.size() > 1 || !Set.of("true", "false", "1", "0").contains(value)) {
			throw new BadParameterException("invalid filter '" + name + "=" + values + "'");
		}
		return QueryFlag.isTrue(value);
	}

	/** A time, or how long ago it was, as {@code 24h} or {@code 1h30m}. */
	private static Instant time(String text) {
		try {
			if (text.matches("([0-9]+h)?([0-9]+m)?([0-9]+s)?") && !text.isEmpty()) {
				return Clock.systemUTC().instant().minus(Duration.parse("PT" + text.toUpperCase(Locale.ROOT)));
			}
			return text.matches("[0-9]+(\\.[0-9]+)?") ? Instant.ofEpochSecond(Long.parseLong(text.split("\\.")[0]))
					: Instant.parse(text);
		}
		catch (java.time.DateTimeException | NumberFormatException ex) {
			throw new BadParameterException("invalid filter 'until=" + text + "'");
		}
	}

}
