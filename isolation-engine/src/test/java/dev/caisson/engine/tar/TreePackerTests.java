package dev.caisson.engine.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import dev.caisson.engine.testing.TreeListing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What is packed and unpacked again is the same in every respect. */
@KernelTest
class TreePackerTests {

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private final Path from = this.roots.directory("from");

	private final Path to = this.roots.directory("to");

	@Test
	void treeThatWasPackedAndUnpackedIsTheSame() throws IOException {
		fill();
		unpack(pack(TreePacker.Form.PLAIN));
		assertThat(TreeListing.of(this.to)).isEqualTo(TreeListing.of(this.from)).hasSize(14);
	}

	@Test
	void sameTreeMakesTheSameBytes() throws IOException {
		fill();
		assertThat(pack(TreePacker.Form.LAYER)).isEqualTo(pack(TreePacker.Form.LAYER));
	}

	@Test
	void otherToolsReadWhatWasPacked() throws Exception {
		fill();
		// GNU tar miscounts fractions of times before 1970
		Files.delete(this.from.resolve("nanos"));
		Path archive = this.roots.directory("archive").resolve("all.tar");
		Files.write(archive, pack(TreePacker.Form.PLAIN));
		Process tar = new ProcessBuilder("tar", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-xpf",
				archive.toString(), "-C", this.to.toString())
			.inheritIO()
			.start();
		assertThat(tar.waitFor()).isZero();
		assertThat(TreeListing.of(this.to)).isEqualTo(TreeListing.of(this.from));
	}

	@Test
	void fileOfATerabyteThatIsAHoleMakesASmallArchive() throws IOException {
		try (FileTree files = new FileTree();
				Fd file = Fd.open(this.from.resolve("hole"), Fd.O_CREAT | Fd.O_WRONLY, 0600)) {
			files.truncate(file, 1L << 40);
			files.seek(file, 1L << 39);
			files.write(file, new byte[] { 1, 2, 3 }, 0, 3);
		}
		byte[] packed = pack(TreePacker.Form.PLAIN);
		assertThat(packed.length).isLessThan(20_000);
		unpack(packed);
		assertThat(Files.size(this.to.resolve("hole"))).isEqualTo(1L << 40);
		try (FileTree files = new FileTree(); Fd root = directory(this.to)) {
			assertThat(Objects.requireNonNull(files.status(root, bytes("hole"))).blocks()).isLessThan(64);
		}
	}

	@Test
	void upperDirectoryBecomesALayer() throws IOException {
		try (FileTree files = new FileTree(); Fd root = directory(this.from)) {
			files.tryMakeDirectory(root, bytes("hides"), 0755);
			files.trySetAttribute(root, bytes("hides"), bytes("trusted.overlay.opaque"), bytes("y"));
			files.trySetAttribute(root, bytes("hides"), bytes("trusted.overlay.origin"), bytes("secret"));
			files.tryMakeNode(root, bytes("gone"), FileStatus.S_IFCHR, 0, 0);
		}
		Files.writeString(this.from.resolve("hides/new"), "x");
		List<String> names = new ArrayList<>();
		TarReader tar = new TarReader(new ByteArrayInputStream(pack(TreePacker.Form.LAYER)), 1 << 20);
		for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
			names.add(entry.name());
			assertThat(entry.attributes()).isEmpty();
		}
		assertThat(names).containsExactly(".wh.gone", "hides/", "hides/.wh..wh..opq", "hides/new");
	}

	@Test
	void nothingMakesTheArchiveThatIsNoLayer() throws IOException {
		assertThat(pack(TreePacker.Form.LAYER)).isEqualTo(new byte[1024]);
	}

	/** One of everything that a file system can hold. */
	private void fill() throws IOException {
		try (FileTree files = new FileTree(); Fd root = directory(this.from)) {
			file(files, root, "plain", "content".repeat(1000), 0644, 0, 0, 1_000_000_000, 0);
			file(files, root, "set-id", "#!", 06755, 33, 44, 1, 1);
			file(files, root, "far", "", 0600, 0xfffffffe, 3_000_000_000L, 1_600_000_000, 999_999_999);
			file(files, root, "nanos", "x", 0600, 70_000, 2_097_152, -12345, 123_456_789);
			file(files, root, "n\377\304\001\n", "bytes", 0600, 0, 0, 1, 0);
			file(files, root, "long-" + "n".repeat(200), "x", 0600, 0, 0, 1, 0);
			files.trySetAttribute(root, bytes("plain"), bytes("user.a"), bytes("\000\n=\377"));
			files.trySetAttribute(root, bytes("plain"), bytes("trusted.t"), bytes("t"));
			files.trySetAttribute(root, bytes("set-id"), bytes("security.capability"),
					bytes("\001\000\000\002\000\040\000\000\000\000\000\000\000\000\000\000\000\000\000\000"));
			files.tryLink(root, bytes("plain"), root, bytes("z-again"));
			files.trySymlink(root, bytes("link"), bytes("/" + "t".repeat(300)));
			files.tryMakeNode(root, bytes("fifo"), FileStatus.S_IFIFO | 0640, 0, 0);
			files.tryMakeNode(root, bytes("null"), FileStatus.S_IFCHR | 0666, 1, 3);
			files.tryMakeNode(root, bytes("disk"), FileStatus.S_IFBLK | 0600, 300, 70_000);
			files.tryMakeDirectory(root, bytes("dir"), 0700);
			try (Fd directory = directory(this.from.resolve("dir"))) {
				file(files, directory, "inside", "in", 0400, 1, 2, 3, 4);
				sparse(files, directory);
			}
			files.permissions(root, bytes("dir"), 03775);
			files.trySetAttribute(root, bytes("dir"), bytes("user.d"), bytes("d"));
			for (String name : List.of("link", "fifo", "null", "disk", "dir")) {
				files.owner(root, bytes(name), 5, 6);
				files.modified(root, bytes(name), 1_234_567_890, 987_654_321);
			}
		}
	}

	private static void sparse(FileTree files, Fd directory) {
		try (Fd file = new Fd(files.tryCreate(directory, bytes("sparse")), "sparse")) {
			files.seek(file, 1 << 20);
			files.write(file, bytes("data in the middle"), 0, 18);
			files.truncate(file, 3 << 20);
			files.attributes(file, 0, 0, 0600, 9, 0);
		}
	}

	private static void file(FileTree files, Fd directory, String name, String content, int mode, long uid, long gid,
			long seconds, int nanos) {
		try (Fd file = new Fd(files.tryCreate(directory, bytes(name)), name)) {
			files.write(file, bytes(content), 0, content.length());
			files.attributes(file, (int) uid, (int) gid, mode, seconds, nanos);
		}
	}

	private byte[] pack(TreePacker.Form form) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (Fd root = directory(this.from);
				TarWriter tar = new TarWriter(out);
				TreePacker packer = new TreePacker(tar, form)) {
			packer.packContents(root, "");
		}
		return out.toByteArray();
	}

	private void unpack(byte[] archive) throws IOException {
		try (Fd root = directory(this.to); TreeUnpacker unpacker = new TreeUnpacker(root, "", UnpackOptions.PLAIN)) {
			unpacker.unpack(new TarReader(new ByteArrayInputStream(archive), 1 << 20));
		}
	}

	private static Fd directory(Path path) {
		return Fd.open(path, Fd.O_PATH | Fd.O_DIRECTORY);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
