package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Files with holes, in each of the four ways in which archives write them. */
@KernelTest
class SparseFileTests {

	private static final int SIZE = 1 << 24;

	private static final int OFFSET = 1 << 20;

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private void unpack(byte[] tar) throws IOException {
		try (Fd root = Fd.open(this.roots.directory("layer"), Fd.O_PATH | Fd.O_DIRECTORY);
				LayerUnpacker unpacker = new LayerUnpacker(root, UnpackLimits.DEFAULT)) {
			unpacker.unpack(new TarReader(new ByteArrayInputStream(tar), 1 << 20));
		}
	}

	private void hasHolesAroundContent(String name) throws IOException {
		Path file = this.roots.directory("layer").resolve(name);
		byte[] bytes = Files.readAllBytes(file);
		assertThat(bytes).hasSize(SIZE);
		assertThat(Arrays.copyOfRange(bytes, OFFSET, OFFSET + 512)).containsOnly((byte) 'x');
		assertThat(bytes[0]).isZero();
		assertThat(bytes[OFFSET + 512]).isZero();
		try (Fd root = Fd.open(this.roots.directory("layer"), Fd.O_PATH | Fd.O_DIRECTORY);
				dev.caisson.engine.linux.FileTree files = new dev.caisson.engine.linux.FileTree()) {
			assertThat(java.util.Objects.requireNonNull(files.status(root, TarEntry.bytes(name))).blocks() * 512)
				.isLessThan(100_000);
		}
	}

	private static byte[] content() {
		byte[] content = new byte[512];
		Arrays.fill(content, (byte) 'x');
		return content;
	}

	@Test
	void oldGnuFormat() throws IOException {
		byte[] header = new RawTar().header('S', "old", "", 512, 0, 0);
		Arrays.fill(header, 257, 512, (byte) 0);
		RawTar.put(header, 257, "ustar  ");
		RawTar.put(header, 386, "%011o\0%011o".formatted(OFFSET, 512));
		RawTar.put(header, 483, "%011o".formatted(SIZE));
		unpack(new RawTar().block(RawTar.checksummed(header)).data(content()).file("after", "1").bytes());
		hasHolesAroundContent("old");
		assertThat(this.roots.directory("layer").resolve("after")).hasContent("1");
	}

	@Test
	void oldGnuFormatWithMoreHeaders() throws IOException {
		byte[] header = new RawTar().header('S', "old", "", 512, 0, 0);
		Arrays.fill(header, 257, 512, (byte) 0);
		RawTar.put(header, 257, "ustar  ");
		for (int i = 0; i < 4; i++) {
			RawTar.put(header, 386 + i * 24, "%011o\0%011o".formatted(i, 0));
		}
		header[482] = 1;
		RawTar.put(header, 483, "%011o".formatted(SIZE));
		byte[] more = new byte[512];
		RawTar.put(more, 0, "%011o\0%011o".formatted(OFFSET, 512));
		unpack(new RawTar().block(RawTar.checksummed(header)).block(more).data(content()).file("after", "1").bytes());
		hasHolesAroundContent("old");
		assertThat(this.roots.directory("layer").resolve("after")).hasContent("1");
	}

	@Test
	void paxFormats() throws IOException {
		byte[] map = Arrays.copyOf("1\n%d\n512\n".formatted(OFFSET).getBytes(StandardCharsets.US_ASCII), 1024);
		System.arraycopy(content(), 0, map, 512, 512);
		unpack(new RawTar()
			.pax("GNU.sparse.size=" + SIZE, "GNU.sparse.numblocks=1", "GNU.sparse.offset=" + OFFSET,
					"GNU.sparse.numbytes=512")
			.file("zero", content())
			.pax("GNU.sparse.size=" + SIZE, "GNU.sparse.numblocks=1", "GNU.sparse.map=" + OFFSET + ",512",
					"GNU.sparse.name=one")
			.file("GNUSparseFile.0/one", content())
			.pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=two", "GNU.sparse.realsize=" + SIZE)
			.file("GNUSparseFile.0/two", map)
			.bytes());
		hasHolesAroundContent("zero");
		hasHolesAroundContent("one");
		hasHolesAroundContent("two");
	}

	@Test
	void mapsThatDoNotFitAreRefused() {
		for (String map : new String[] { "0,512,0,0", "100,511", "16777216,512", "512,256,0,256", "-5,512", "0", "x,1",
				"9223372036854775807,512" }) {
			assertThatExceptionOfType(InvalidImageException.class).as(map)
				.isThrownBy(() -> unpack(new RawTar().pax("GNU.sparse.size=" + SIZE, "GNU.sparse.map=" + map)
					.file("f", content())
					.bytes()))
				.withMessageStartingWith("tar: ");
		}
	}

	@Test
	void sizeOfHolesCounts() {
		assertThatExceptionOfType(InvalidImageException.class)
			.isThrownBy(() -> unpack(new RawTar().pax("GNU.sparse.size=" + Long.MAX_VALUE, "GNU.sparse.map=0,512")
				.file("f", content())
				.bytes()))
			.withMessageStartingWith("layer: files of more than ");
	}

}
