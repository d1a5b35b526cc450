package dev.caisson.web.frame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the content security policy asks of templates, and what they refer to. */
class TemplateTests {

	private static final Pattern SCRIPT = Pattern
		.compile("<script(?! src=\"/[^\"]+\" (defer|type=\"module\")></script>)");

	/** Handlers such as onclick=, styles, and addresses elsewhere. */
	private static final Pattern FORBIDDEN = Pattern
		.compile("<style|\\sstyle=|th:style|\\son[a-z]+=|hx-on|th:utext|\\[\\(\\$|(href|src)=\"(http|//)");

	private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"(/(?:assets|webjars)/[^\"]+)\"");

	@Test
	void templatesHaveNothingThatThePolicyForbids() throws IOException {
		for (String text : templates()) {
			assertThat(text).doesNotContainPattern(SCRIPT).doesNotContainPattern(FORBIDDEN);
		}
	}

	@Test
	void everyFileThatIsReferredToIsInTheJar() throws IOException {
		List<String> assets = templates().stream()
			.flatMap((text) -> ASSET.matcher(text).results().map((MatchResult match) -> match.group(1)))
			.distinct()
			.toList();
		assertThat(assets).hasSizeGreaterThan(3).allSatisfy((asset) -> {
			String directory = asset.startsWith("/webjars/") ? "META-INF/resources" : "static";
			assertThat(TemplateTests.class.getClassLoader().getResource(directory + asset)).as(asset).isNotNull();
		});
	}

	private static List<String> templates() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("src/main/resources/templates"))) {
			List<Path> all = files.toList();
			assertThat(all).isNotEmpty();
			List<String> texts = new java.util.ArrayList<>();
			for (Path file : all) {
				texts.add(Files.readString(file));
			}
			return texts;
		}
	}

}
