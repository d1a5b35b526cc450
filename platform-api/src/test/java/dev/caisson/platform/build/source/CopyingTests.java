package dev.caisson.platform.build.source;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Layers that copies make; the image below is another tree of the same kind. */
class CopyingTests {

	private static final Ownership ROOT = new Ownership(new Ownership.Owner(0, 0), null);

	private static final String NEW_DIRECTORY = "DIRECTORY 755 0:0";

	@TempDir
	private Path directory;

	private final List<BuildContext> open = new ArrayList<>();

	@AfterEach
	void closeAll() throws Exception {
		for (BuildContext context : this.open) {
			context.close();
		}
	}

	@Test
	void fileGoesIntoDirectoriesAndUnderNewNames() throws Exception {
		SourceFile context = tree(new Archive().file("a", "1", 0600, 7, 5));
		SourceFile image = tree(new Archive().directory("opt", 01777));
		String copied = "FILE 600 0:0 1";
		assertThat(copy(context, "a", image, "/opt")).isEqualTo(Map.of("opt/", "DIRECTORY 1777 7:7", "opt/a", copied));
		assertThat(copy(context, "a", image, "/new")).isEqualTo(Map.of("new", copied));
		assertThat(copy(context, "a", image, "/new/")).isEqualTo(Map.of("new/", NEW_DIRECTORY, "new/a", copied));
		assertThat(copy(context, "a", image, "/x/y/z"))
			.isEqualTo(Map.of("x/", NEW_DIRECTORY, "x/y/", NEW_DIRECTORY, "x/y/z", copied));
	}

	@Test
	void directoryIsItsContents() throws Exception {
		SourceFile context = tree(
				new Archive().directory("d", 0700).file("d/a", "1").directory("d/e", 0711).link("d/l", "/etc/passwd"));
		assertThat(copy(context, "d", tree(new Archive()), "/x")).isEqualTo(Map.of("x/", NEW_DIRECTORY, "x/a",
				"FILE 644 0:0 1", "x/e/", "DIRECTORY 711 0:0", "x/l", "SYMBOLIC_LINK 777 0:0 /etc/passwd"));
		assertThat(copy(context, ".", tree(new Archive()), "/")).containsKeys("d/", "d/a").doesNotContainKey("./");
	}

	@Test
	void linksOfTheImageAreFollowedInside() throws Exception {
		SourceFile context = tree(new Archive().file("a", "1"));
		SourceFile image = tree(
				new Archive().link("var/run", "/run").directory("run", 0755).link("out", "../../../tmp"));
		assertThat(copy(context, "a", image, "/var/run/x")).containsOnlyKeys("run/", "run/x");
		assertThat(copy(context, "a", image, "/out/x")).containsOnlyKeys("tmp/", "tmp/x");
		assertThat(copy(context, "a", tree(new Archive().link("f", "/etc/shadow")), "/f")).containsOnlyKeys("etc/",
				"etc/shadow");
	}

	@Test
	void linksOfTheContextAreNotFollowedWhenDirectoriesAreCopied() throws Exception {
		SourceFile context = tree(new Archive().link("d/l", "/m").file("e/l/z", "2"));
		SourceFile image = tree(new Archive().directory("m", 0755));
		// the second source writes through a name that the first has made a link
		List<Source> sources = new ArrayList<>(Source.find(context, "d", false, ""));
		sources.addAll(Source.find(context, "e", false, ""));
		assertThat(copy(sources, image, "/x/")).isEqualTo(Map.of("x/", NEW_DIRECTORY, "x/l", "SYMBOLIC_LINK 777 0:0 /m",
				"x/l/", NEW_DIRECTORY, "x/l/z", "FILE 644 0:0 2"));
	}

	@Test
	void sourceThatIsALinkIsWhatItLeadsTo() throws Exception {
		SourceFile context = tree(new Archive().link("l", "d/a").file("d/a", "1").link("out", "/../../etc/passwd"));
		assertThat(copy(context, "l", tree(new Archive()), "/x/")).containsEntry("x/l", "FILE 644 0:0 1");
		assertThatThrownBy(() -> Source.find(context, "out", false, "")).isInstanceOf(CopyException.class)
			.hasMessage("stat out: file does not exist");
		assertThatThrownBy(() -> Source.find(context, "../etc/passwd", false, ""))
			.hasMessage("forbidden path outside the build context: ../etc/passwd ()");
	}

	@Test
	void patternsFitNamesAndNoSlashes() throws Exception {
		SourceFile context = tree(new Archive().file("a1", "1").file("a2", "2").file("b", "3").file("d/a3", "4"));
		assertThat(Source.find(context, "a*", false, "")).extracting(Source::name).containsExactly("a1", "a2");
		assertThat(Source.find(context, "*/a?", false, "")).extracting(Source::name).containsExactly("a3");
		assertThat(Source.find(context, "[^a]", false, "")).extracting(Source::name).containsExactly("b", "d");
		assertThatThrownBy(() -> Source.find(context, "c*", false, "")).hasMessage("no source files were specified");
	}

	@Test
	void ownersAndModesApplyToAllThatIsMade() throws Exception {
		SourceFile context = tree(new Archive().file("d/a", "1").link("d/l", "a"));
		Ownership ownership = new Ownership(new Ownership.Owner(33, 50), 0750);
		Map<String, String> made = write(new Copying("/x/y", ownership, Instant.EPOCH),
				Source.find(context, "d", false, ""), tree(new Archive()));
		assertThat(made).isEqualTo(Map.of("x/", "DIRECTORY 755 33:50", "x/y/", "DIRECTORY 755 33:50", "x/y/a",
				"FILE 750 33:50 1", "x/y/l", "SYMBOLIC_LINK 777 33:50 a"));
		Map<String, String> kept = write(new Copying("/x", new Ownership(null, null), Instant.EPOCH),
				Source.find(context, "d", false, ""), tree(new Archive()));
		assertThat(kept).containsEntry("x/a", "FILE 644 7:7 1");
	}

	@Test
	void refusesPlacesThatCannotBe() throws Exception {
		SourceFile context = tree(new Archive().file("a", "1").file(".wh.x", "2"));
		SourceFile image = tree(new Archive().file("f", ""));
		assertThatThrownBy(() -> copy(context, "a", image, "/f/x")).isInstanceOf(CopyException.class)
			.hasMessageContaining("/f is not a directory");
		assertThatThrownBy(() -> copy(context, ".wh.x", image, "/")).isInstanceOf(CopyException.class)
			.hasMessageContaining("mean deletions in layers");
	}

	@Test
	void archivesAreUnpackedWithTheirOwnersAndNeverOutside() throws Exception {
		byte[] good = new Archive().file("d/a", "1", 0755, 9, 0)
			.hardLink("b", "d/a")
			.link("l", "/d")
			.file("l/c", "2")
			.bytes();
		assertThat(unpack(good)).isEqualTo(Map.of("x/", NEW_DIRECTORY, "x/d/", NEW_DIRECTORY, "x/d/a", "FILE 755 9:9 1",
				"x/b", "HARD_LINK 644 7:7 x/d/a", "x/l", "SYMBOLIC_LINK 777 7:7 /d", "x/d/c", "FILE 644 7:7 2"));
		assertThatThrownBy(() -> unpack(new Archive().file("../e", "").bytes())).isInstanceOf(CopyException.class)
			.hasMessageContaining("leads out of its directory");
		assertThatThrownBy(() -> unpack(new Archive().hardLink("h", "etc/passwd").bytes()))
			.hasMessageContaining("which is no file of the archive");
	}

	private Map<String, String> unpack(byte[] archive) throws Exception {
		SourceFile context = tree(new Archive().file("x.tar", new String(archive, StandardCharsets.ISO_8859_1)));
		return copy(Source.find(context, "x.tar", true, ""), tree(new Archive().file("etc/passwd", "")), "/x/");
	}

	@Test
	void fingerprintKnowsContentAndNoTimes() throws Exception {
		String print = print(new Archive().file("d/a", "1", 0644, 0, 1));
		assertThat(print(new Archive().file("d/a", "1", 0644, 0, 2))).isEqualTo(print);
		assertThat(print(new Archive().file("d/a", "1", 0644, 5, 2))).isEqualTo(print);
		assertThat(print(new Archive().file("d/a", "2", 0644, 0, 1))).isNotEqualTo(print);
		assertThat(print(new Archive().file("d/a", "1", 0755, 0, 1))).isNotEqualTo(print);
		assertThat(print(new Archive().file("d/b", "1", 0644, 0, 1))).isNotEqualTo(print);
		assertThat(print(new Archive().file("d/a", "1", 0644, 0, 1).link("d/l", "a"))).isNotEqualTo(print);
	}

	private String print(Archive archive) throws Exception {
		return Fingerprint.of(Source.find(tree(archive), "d", false, ""), false);
	}

	private SourceFile tree(Archive archive) throws Exception {
		BuildContext context = archive.context(this.directory);
		this.open.add(context);
		return context.root();
	}

	private static Map<String, String> copy(SourceFile context, String source, SourceFile image, String destination)
			throws Exception {
		return copy(Source.find(context, source, false, ""), image, destination);
	}

	private static Map<String, String> copy(List<Source> sources, SourceFile image, String destination)
			throws Exception {
		return write(new Copying(destination, ROOT, Instant.EPOCH), sources, image);
	}

	private static Map<String, String> write(Copying copying, List<Source> sources, SourceFile image) throws Exception {
		ByteArrayOutputStream layer = new ByteArrayOutputStream();
		copying.write(sources, image, layer);
		return Archive.list(layer.toByteArray());
	}

}
