package dev.caisson.platform.image;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import dev.caisson.engine.image.ImageReference;
import dev.caisson.platform.server.BadParameterException;

/**
 * A pattern for images' names as shells have them: a star is anything but a slash. It is
 * held against the name with its tag and against the name alone.
 */
final class NamePattern implements Predicate<ImageReference> {

	private final Pattern pattern;

	NamePattern(String glob) {
		try {
			this.pattern = Pattern.compile(regex(glob));
		}
		catch (PatternSyntaxException ex) {
			throw new BadParameterException("invalid filter 'reference=" + glob + "': syntax error in pattern");
		}
	}

	@Override
	public boolean test(ImageReference reference) {
		return this.pattern.matcher(reference.familiar()).matches()
				|| this.pattern.matcher(reference.familiarName()).matches();
	}

	/** Brackets are left as they are: the two grammars agree in them. */
	private static String regex(String glob) {
		StringBuilder regex = new StringBuilder();
		boolean bracket = false;
		for (int i = 0; i < glob.length(); i++) {
			char c = glob.charAt(i);
			if (bracket || c == '[') {
				bracket = c != ']';
				regex.append(c);
			}
			else {
				regex.append(switch (c) {
					case '*' -> "[^/]*";
					case '?' -> "[^/]";
					default -> Pattern.quote(String.valueOf(c));
				});
			}
		}
		return regex.toString();
	}

}
