package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Layers as the kernel has them once they are unpacked. */
@KernelTest
class LayerUnpackerTests {

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Path layer() {
		return this.roots.directory("layer");
	}

	private long unpack(byte[] tar) throws IOException {
		return unpack(tar, UnpackLimits.DEFAULT);
	}

	private long unpack(byte[] tar, UnpackLimits limits) throws IOException {
		try (Fd root = Fd.open(layer(), Fd.O_PATH | Fd.O_DIRECTORY);
				LayerUnpacker unpacker = new LayerUnpacker(root, limits)) {
			return unpacker.unpack(new TarReader(new ByteArrayInputStream(tar), limits.headerBytes()));
		}
	}

	private void refuses(byte[] tar, String message) {
		assertThatExceptionOfType(InvalidImageException.class).isThrownBy(() -> unpack(tar))
			.withMessageContaining(message);
	}

	private Map<String, Object> unix(String path) throws IOException {
		return Files.readAttributes(layer().resolve(path), "unix:*", LinkOption.NOFOLLOW_LINKS);
	}

	private int mode(String path) throws IOException {
		return (int) unix(path).get("mode");
	}

	private FileStatus status(byte[] name) {
		try (FileTree files = new FileTree(); Fd root = Fd.open(layer(), Fd.O_PATH | Fd.O_DIRECTORY)) {
			FileStatus status = files.status(root, name);
			assertThat(status).isNotNull();
			return java.util.Objects.requireNonNull(status);
		}
	}

	private byte[] attribute(String name, String key) {
		try (FileTree files = new FileTree(); Fd root = Fd.open(layer(), Fd.O_PATH | Fd.O_DIRECTORY)) {
			byte[] value = files.attribute(root, TarEntry.bytes(name), TarEntry.bytes(key));
			return (value != null) ? value : new byte[0];
		}
	}

	private FileTime modified(String path) throws IOException {
		return Files.getLastModifiedTime(layer().resolve(path), LinkOption.NOFOLLOW_LINKS);
	}

	@Test
	void filesHaveContentOwnerModeAndTime() throws IOException {
		byte[] big = new byte[700_001];
		Arrays.fill(big, (byte) 7);
		long size = unpack(new RawTar().owner(1000, 2000)
			.mode(04751)
			.file("bin/tool", "#!")
			.mode(0600)
			.file("big", big)
			.file("empty", "")
			.bytes());
		assertThat(size).isEqualTo(2 + big.length);
		assertThat(layer().resolve("bin/tool")).hasContent("#!");
		assertThat(layer().resolve("big")).hasBinaryContent(big);
		assertThat(layer().resolve("empty")).isEmptyFile();
		assertThat(unix("bin/tool")).containsEntry("mode", FileStatus.S_IFREG | 04751)
			.containsEntry("uid", 1000)
			.containsEntry("gid", 2000);
		assertThat(modified("bin/tool")).isEqualTo(FileTime.from(1_000_000_000, TimeUnit.SECONDS));
		// nobody said what bin is like
		assertThat(unix("bin")).containsEntry("mode", FileStatus.S_IFDIR | 0755).containsEntry("uid", 0);
	}

	@Test
	void timesOfDirectoriesOutlastWhatIsPutIntoThem() throws IOException {
		unpack(new RawTar().pax("mtime=1234567890.987654321")
			.directory("d/")
			.pax("mtime=-1.5")
			.directory("d/e")
			.file("d/e/f", "x")
			.pax("mtime=1700000000.000000001")
			.directory("./")
			.bytes());
		assertThat(modified("d").toInstant()).isEqualTo(Instant.ofEpochSecond(1_234_567_890, 987_654_321));
		assertThat(modified("d/e").toInstant()).isEqualTo(Instant.ofEpochSecond(-2, 500_000_000));
		assertThat(modified("").toInstant()).isEqualTo(Instant.ofEpochSecond(1_700_000_000, 1));
	}

	@Test
	void rootTakesTheArchivesAttributes() throws IOException {
		unpack(new RawTar().mode(01777).owner(3, 4).directory("./").bytes());
		assertThat(unix("")).containsEntry("mode", FileStatus.S_IFDIR | 01777)
			.containsEntry("uid", 3)
			.containsEntry("gid", 4);
	}

	@Test
	void linksAreWhatTheyWere() throws IOException {
		unpack(new RawTar().file("a/file", "x")
			.hardLink("b/hard", "a/file")
			.hardLink("b/absolute", "/a/file")
			.owner(5, 6)
			.symlink("soft", "/etc/../nowhere")
			.hardLink("softer", "soft")
			.bytes());
		assertThat(unix("b/hard").get("ino")).isEqualTo(unix("a/file").get("ino"))
			.isEqualTo(unix("b/absolute").get("ino"));
		assertThat(Files.readSymbolicLink(layer().resolve("soft"))).hasToString("/etc/../nowhere");
		assertThat(unix("soft")).containsEntry("uid", 5).containsEntry("gid", 6);
		assertThat(unix("softer").get("ino")).isEqualTo(unix("soft").get("ino"));
	}

	@Test
	void nodesArePlainNodes() throws IOException {
		unpack(new RawTar().mode(0620)
			.entry('3', "null", "", 0, 1, 3)
			.entry('4', "disk", "", 0, 259, 0xabcde)
			.entry('6', "pipe", "", 0)
			.bytes());
		assertThat(status(TarEntry.bytes("null"))).satisfies((node) -> {
			assertThat(node.mode()).isEqualTo(FileStatus.S_IFCHR | 0620);
			assertThat(node.deviceMajor()).isEqualTo(1);
			assertThat(node.deviceMinor()).isEqualTo(3);
		});
		assertThat(status(TarEntry.bytes("disk"))).satisfies((node) -> {
			assertThat(node.type()).isEqualTo(FileStatus.S_IFBLK);
			assertThat(node.deviceMajor()).isEqualTo(259);
			assertThat(node.deviceMinor()).isEqualTo(0xabcde);
		});
		assertThat(mode("pipe")).isEqualTo(FileStatus.S_IFIFO | 0620);
	}

	@Test
	void whiteoutsAreOverlaysOwn() throws IOException {
		unpack(new RawTar().whiteout("etc/.wh.passwd")
			.directory("var")
			.whiteout("var/.wh..wh..opq")
			.directory("both")
			.whiteout(".wh.both")
			.whiteout(".wh.again")
			.file("again/new", "x")
			.whiteout(".wh.file")
			.file("file", "y")
			.file(".wh..wh.plnk/1.2", "aufs")
			.bytes());
		assertThat(status(TarEntry.bytes("etc/passwd")).isWhiteout()).isTrue();
		assertThat(attribute("var", "trusted.overlay.opaque")).isEqualTo(new byte[] { 'y' });
		// deleted below, and there again: what is below must not shine through
		assertThat(attribute("both", "trusted.overlay.opaque")).isEqualTo(new byte[] { 'y' });
		assertThat(attribute("again", "trusted.overlay.opaque")).isEqualTo(new byte[] { 'y' });
		assertThat(layer().resolve("again/new")).hasContent("x");
		assertThat(layer().resolve("file")).hasContent("y");
		assertThat(attribute("etc", "trusted.overlay.opaque")).isEmpty();
		assertThat(layer()).isDirectoryNotContaining((path) -> path.getFileName().toString().startsWith(".wh."));
	}

	@Test
	void attributesAndCapabilitiesAreKept() throws IOException {
		// CAP_NET_RAW, effective: vfs_cap_data of linux/capability.h, revision 2
		String capability = "\1\0\0\2\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
		unpack(new RawTar().owner(7, 7)
			.mode(04755)
			.pax("SCHILY.xattr.security.capability=" + capability, "SCHILY.xattr.user.bytes=\377\0\n=",
					"SCHILY.xattr.trusted.overlay.redirect=/elsewhere", "SCHILY.xattr.user.overlay.opaque=y",
					"SCHILY.xattr.security.selinux=evil_t", "SCHILY.xattr.trusted.own=1")
			.file("ping", "x")
			.pax("SCHILY.xattr.user.d=1")
			.directory("dir")
			.pax("SCHILY.xattr.user.not=possible")
			.symlink("link", "ping")
			.bytes());
		assertThat(attribute("ping", "security.capability")).isEqualTo(TarEntry.bytes(capability));
		assertThat(attribute("ping", "user.bytes")).isEqualTo(TarEntry.bytes("\377\0\n="));
		assertThat(attribute("ping", "trusted.own")).isEqualTo(TarEntry.bytes("1"));
		assertThat(attribute("ping", "trusted.overlay.redirect")).isEmpty();
		assertThat(attribute("ping", "user.overlay.opaque")).isEmpty();
		assertThat(attribute("ping", "security.selinux")).isEmpty();
		assertThat(attribute("dir", "user.d")).isEqualTo(TarEntry.bytes("1"));
		assertThat(mode("ping")).isEqualTo(FileStatus.S_IFREG | 04755);
	}

	@Test
	void namesAreBytes() throws IOException {
		String latin = "caf\351";
		String utf8 = new String("naïve ☕".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
		unpack(new RawTar().file(latin, "1")
			.pax("path=" + utf8 + "/" + latin)
			.file("ignored", "2")
			.symlink("link", "to-\377")
			.bytes());
		assertThat(status(TarEntry.bytes(latin)).size()).isEqualTo(1);
		assertThat(status(TarEntry.bytes(utf8 + "/" + latin)).size()).isEqualTo(1);
		assertThat(status(TarEntry.bytes("link")).size()).isEqualTo("to-\377".length());
	}

	@Test
	void longNamesAndLargeNumbersComeFromAnyWriter() throws IOException {
		String name = "directory-of-some-length/".repeat(20) + "f".repeat(200);
		ByteArrayOutputStream posix = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(posix)) {
			tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
			tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
			addWithLargeIds(tar, name);
		}
		unpack(posix.toByteArray());
		assertThat(unix(name)).containsEntry("uid", (int) 4_000_000_000L).containsEntry("gid", 70_000);
		ByteArrayOutputStream gnu = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(gnu)) {
			tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
			tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
			addWithLargeIds(tar, name + "gnu");
			TarArchiveEntry link = new TarArchiveEntry("l", TarConstants.LF_SYMLINK);
			link.setLinkName(name);
			tar.putArchiveEntry(link);
			tar.closeArchiveEntry();
		}
		unpack(gnu.toByteArray());
		assertThat(unix(name + "gnu")).containsEntry("uid", (int) 4_000_000_000L).containsEntry("gid", 70_000);
		assertThat(Files.readSymbolicLink(layer().resolve("l"))).hasToString(name);
	}

	private static void addWithLargeIds(TarArchiveOutputStream tar, String name) throws IOException {
		TarArchiveEntry entry = new TarArchiveEntry(name);
		entry.setUserId(4_000_000_000L);
		entry.setGroupId(70_000);
		entry.setSize(3);
		tar.putArchiveEntry(entry);
		tar.write(new byte[3]);
		tar.closeArchiveEntry();
	}

	@Test
	void laterEntryWins() throws IOException {
		unpack(new RawTar().file("a", "1")
			.file("a", "2")
			.directory("d")
			.file("d/x", "1")
			.file("d", "a file now")
			.symlink("s", "a")
			.file("s", "not through the link")
			.file("f", "x")
			.directory("f")
			.file("f/g", "y")
			.hardLink("a", "f/g")
			.bytes());
		assertThat(layer().resolve("a")).hasContent("y");
		assertThat(layer().resolve("d")).hasContent("a file now");
		assertThat(layer().resolve("s")).hasContent("not through the link").isRegularFile();
		assertThat(layer().resolve("f/g")).hasContent("y");
	}

	@Test
	void linksOnTheWayStayInside() throws IOException {
		Path outside = this.roots.directory("outside");
		unpack(new RawTar().directory("usr")
			.directory("usr/lib")
			.symlink("lib", "usr/lib")
			.file("lib/x", "1")
			.symlink("absolute", "/usr")
			.file("absolute/y", "2")
			.directory(outside.toString().substring(1))
			.symlink("escape", "../../../../../../../../../.." + outside)
			.file("escape/z", "3")
			.bytes());
		assertThat(layer().resolve("usr/lib/x")).hasContent("1");
		assertThat(layer().resolve("usr/y")).hasContent("2");
		assertThat(layer().resolve(outside.toString().substring(1)).resolve("z")).hasContent("3");
		assertThat(outside).isEmptyDirectory();
	}

	@Test
	void pathsOutOfTheLayerAreRefused() {
		refuses(new RawTar().file("../x", "1").bytes(), "layer: path ../x leads out of its directory");
		refuses(new RawTar().file("a/../../x", "1").bytes(), "leads out of its directory");
		refuses(new RawTar().hardLink("a", "../../etc/shadow").bytes(), "leads out of its directory");
		refuses(new RawTar().hardLink("a", "/etc/shadow").bytes(), "which the layer does not have");
		refuses(new RawTar().whiteout("a/.wh...").bytes(), "deletes nothing that could have a name");
		refuses(new RawTar().whiteout(".wh..").bytes(), "deletes nothing that could have a name");
		refuses(new RawTar().whiteout("..wh/.wh.").bytes(), "deletes nothing that could have a name");
		refuses(new RawTar().file(".", "").bytes(), "is the layer's root and no directory");
		assertThat(this.roots.directory("").resolve("x")).doesNotExist();
	}

	@Test
	void linksThatLeadNowhereAreRefused() {
		refuses(new RawTar().symlink("loop", "loop").file("loop/x", "1").bytes(), "ELOOP");
		refuses(new RawTar().symlink("gone", "nowhere").file("gone/x", "1").bytes(),
				"is used as a directory and is none");
		refuses(new RawTar().file("file", "1").file("file/x", "1").bytes(), "is used as a directory and is none");
		refuses(new RawTar().directory("d").hardLink("e", "d").bytes(), "is a hard link to a directory");
		refuses(new RawTar().hardLink("e", "e").bytes(), "is a link to itself");
		refuses(new RawTar().symlink("out", "/etc").hardLink("e", "out/passwd").bytes(),
				"which the layer does not have");
		refuses(new RawTar().whiteout(".wh.w").hardLink("e", "w").bytes(), "which the layer does not have");
	}

	@Test
	void malformedArchivesAreRefused() {
		byte[] good = new RawTar().file("a", "content").bytes();
		byte[] changed = good.clone();
		changed[0] = 'b';
		refuses(changed, "header with a wrong checksum");
		refuses(Arrays.copyOf(good, 514), "unexpected end of the archive");
		refuses(Arrays.copyOf(good, 100), "unexpected end of the archive");
		refuses(new RawTar().entry('0', "a", "", 1L << 32).bytes(), "unexpected end of the archive");
		refuses(new RawTar().entry('V', "a", "", 0).bytes(), "is of unknown type V");
		refuses(new RawTar().pax("size=-5").file("a", "x").bytes(), "has the size -5");
		refuses(new RawTar().pax("uid=-1").file("a", "x").bytes(), "has the owner -1");
		refuses(new RawTar().pax("uid=4294967295").file("a", "x").bytes(), "has the owner 4294967295");
		refuses(new RawTar().pax("mtime=99999999999999").file("a", "x").bytes(), "time out of range");
		refuses(new RawTar().pax("mtime=x").file("a", "x").bytes(), "not a number");
		refuses(new RawTar().pax("path=a\0b").file("a", "x").bytes(), "malformed extended header");
		refuses(new RawTar().entry('x', "p", "", 5).data("99 a=".getBytes(StandardCharsets.US_ASCII)).bytes(),
				"malformed extended header");
		refuses(new RawTar().entry('3', "dev", "", 0, 5000, 1).bytes(), "has the device number 5000");
	}

	@Test
	void boundsAreKept() {
		UnpackLimits small = new UnpackLimits(3, 1000, 4, 512, 20);
		assertThatExceptionOfType(InvalidImageException.class)
			.isThrownBy(
					() -> unpack(new RawTar().file("1", "").file("2", "").file("3", "").file("4", "").bytes(), small))
			.withMessage("layer: more than 3 entries");
		assertThatExceptionOfType(InvalidImageException.class)
			.isThrownBy(() -> unpack(new RawTar().file("a", new byte[600]).file("b", new byte[600]).bytes(), small))
			.withMessage("layer: files of more than 1000 bytes");
		assertThatExceptionOfType(InvalidImageException.class)
			.isThrownBy(() -> unpack(new RawTar().directory("a/b/c/d/e").bytes(), small))
			.withMessageContaining("more than 4 directories deep");
		assertThatExceptionOfType(InvalidImageException.class)
			.isThrownBy(() -> unpack(new RawTar().pax("comment=" + "x".repeat(600)).file("a", "").bytes(), small))
			.withMessageContaining("extended header of 613 bytes, more than 512");
		assertThatExceptionOfType(InvalidImageException.class)
			.isThrownBy(() -> unpack(new RawTar().directory("long-directory-name").directory("bb").bytes(), small))
			.withMessageContaining("names of directories of more than 20 bytes");
		refuses(new RawTar().pax("path=" + "n".repeat(256)).file("x", "").bytes(), "component longer than 255 bytes");
		refuses(new RawTar().pax("path=" + "n/".repeat(3000)).file("x", "").bytes(), "is longer than 4095 bytes");
		refuses(new RawTar().pax("SCHILY.xattr.user.x=" + "v".repeat(70_000)).file("x", "").bytes(), "E2BIG");
	}

	@Test
	void openDirectoriesAreForgottenInTime() throws IOException {
		RawTar tar = new RawTar();
		for (int i = 0; i < 300; i++) {
			tar.file("d" + i + "/f", "x").hardLink("e" + i + "/g", "d" + (i / 2) + "/f");
		}
		unpack(tar.bytes());
		assertThat(unix("e299/g").get("ino")).isEqualTo(unix("d149/f").get("ino"));
	}

}
