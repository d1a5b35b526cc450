package dev.caisson.persistence.audit.bundle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import dev.caisson.persistence.audit.CanonicalJson;
import dev.caisson.persistence.merkle.Hash;

/**
 * Evidence in one ZIP file: {@code checkpoints} and {@code rotations} (a JSON string of a
 * signed note on each line), {@code leaves} (a hash in hex on each line), {@code records}
 * (a record on each line), {@code manifest} (JSON) and {@code README}. Not thread-safe.
 */
public final class Bundle implements Evidence, AutoCloseable {

	private static final String README = """
			Evidence of a Caisson audit log.

			./caisson audit verify FILE --key KEY checks it; it asks nobody. KEY is the log's public key, which you should
			have from elsewhere than from here. By hand: line N+1 of "leaves" is SHA-256 of a zero byte and the line of
			"records" whose "seq" is N, without its newline; the last line of "checkpoints" is a signed note with the root
			of the tree (RFC 6962) over all leaves.
			""";

	private final ZipFile file;

	private final Map<?, ?> manifest;

	private Bundle(ZipFile file) throws IOException {
		this.file = file;
		this.manifest = (CanonicalJson.read(String.join("\n", lines("manifest"))) instanceof Map<?, ?> map) ? map
				: Map.of();
	}

	/**
	 * Opens a bundle.
	 * @throws EvidenceMisfitException if it is none
	 * @throws IOException if it cannot be read
	 */
	public static Bundle open(Path path) throws IOException {
		try {
			return new Bundle(new ZipFile(path.toFile()));
		}
		catch (ZipException | IllegalArgumentException ex) {
			throw new EvidenceMisfitException(path + " is not an evidence bundle: " + ex.getMessage());
		}
	}

	/** Writes evidence as a bundle; the stream stays open. */
	public static void write(Evidence evidence, OutputStream output) throws IOException {
		ZipOutputStream zip = new ZipOutputStream(output, StandardCharsets.UTF_8);
		entry(zip, "README", README.lines().iterator());
		entry(zip, "manifest", List
			.of(CanonicalJson
				.write(Map.of("format", "caisson-audit-bundle", "version", 1, "completeFrom", evidence.completeFrom())))
			.iterator());
		entry(zip, "checkpoints", evidence.checkpoints().stream().map(CanonicalJson::write).iterator());
		entry(zip, "rotations", evidence.rotations().stream().map(CanonicalJson::write).iterator());
		Iterator<Hash> leaves = evidence.leaves();
		entry(zip, "leaves",
				Stream.generate(() -> leaves.hasNext() ? leaves.next().hex() : "")
					.takeWhile((line) -> !line.isEmpty())
					.iterator());
		entry(zip, "records", evidence.records());
		zip.finish();
	}

	private static void entry(ZipOutputStream zip, String name, Iterator<String> lines) throws IOException {
		zip.putNextEntry(new ZipEntry(name));
		while (lines.hasNext()) {
			zip.write((lines.next() + "\n").getBytes(StandardCharsets.UTF_8));
		}
		zip.closeEntry();
	}

	@Override
	public List<String> checkpoints() {
		return notes("checkpoints");
	}

	@Override
	public List<String> rotations() {
		return notes("rotations");
	}

	private List<String> notes(String name) {
		return lines(name).stream().map(Bundle::note).toList();
	}

	private static String note(String line) {
		try {
			return (String) CanonicalJson.read(line);
		}
		catch (IllegalArgumentException | ClassCastException ex) {
			throw new EvidenceMisfitException("not a note in a JSON string: " + line);
		}
	}

	@Override
	public Iterator<Hash> leaves() {
		Iterator<String> lines = reader("leaves").lines().iterator();
		return new Iterator<>() {

			private long index;

			@Override
			public boolean hasNext() {
				return lines.hasNext();
			}

			@Override
			public Hash next() {
				try {
					Hash leaf = Hash.parse(lines.next());
					this.index++;
					return leaf;
				}
				catch (IllegalArgumentException ex) {
					throw new EvidenceMisfitException(this.index, "the hash of record " + this.index + " is broken");
				}
			}

		};
	}

	@Override
	public Iterator<String> records() {
		return reader("records").lines().iterator();
	}

	@Override
	public long completeFrom() {
		return (this.manifest.get("completeFrom") instanceof Long from) ? from : -1;
	}

	private List<String> lines(String name) {
		try (BufferedReader reader = reader(name)) {
			return reader.lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + name + " of the bundle", ex);
		}
	}

	private BufferedReader reader(String name) {
		ZipEntry entry = this.file.getEntry(name);
		if (entry == null) {
			throw new EvidenceMisfitException("the bundle has no file " + name);
		}
		try {
			return new BufferedReader(new InputStreamReader(this.file.getInputStream(entry), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + name + " of the bundle", ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
