package dev.caisson.persistence.audit.bundle;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.persistence.note.NoteFormatException;
import dev.caisson.persistence.note.VerifierKey;

/**
 * {@code ./caisson audit verify BUNDLE --key KEY}: needs no server. The status is 0 if
 * everything fits, 1 if something does not, 2 if it could not be checked.
 */
public final class VerifyBundle {

	private static final int FITS = 0, MISFIT = 1, UNCHECKED = 2;

	private VerifyBundle() {
	}

	public static void main(String[] args) {
		System.exit(run(args, System.out, System.err));
	}

	static int run(String[] args, PrintStream out, PrintStream err) {
		if (args.length != 3 || !args[1].equals("--key")) {
			err.println("caisson: audit verify needs a bundle and a key\n"
					+ "         ./caisson audit verify BUNDLE --key KEY, where KEY is NAME+ID+BASE64 or a file with that");
			return UNCHECKED;
		}
		try (Bundle bundle = Bundle.open(Path.of(args[0]))) {
			print(EvidenceCheck.check(bundle, key(args[2])), out);
			return FITS;
		}
		catch (EvidenceMisfitException ex) {
			err.println("caisson: " + args[0] + " does not fit\n         " + ex.getMessage());
			return MISFIT;
		}
		catch (IOException | UncheckedIOException | NoteFormatException ex) {
			err.println("caisson: " + args[0] + " cannot be checked\n         " + ex.getMessage());
			return UNCHECKED;
		}
	}

	private static VerifierKey key(String text) throws IOException {
		Path file = Path.of(text);
		return VerifierKey.parse(Files.isRegularFile(file) ? Files.readString(file) : text);
	}

	private static void print(EvidenceCheck.Result result, PrintStream out) {
		out.println("fits: " + result.records() + " records of a log of " + result.size() + ", "
				+ ((result.from() < 0) ? "a selection" : "none missing from record " + result.from() + " on"));
		out.println("root: " + result.root() + ", by " + result.checkpoints() + " signed checkpoints");
	}

}
