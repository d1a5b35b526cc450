package dev.caisson.platform.build;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.LayerSource;
import dev.caisson.platform.build.dockerfile.Heredoc;
import dev.caisson.platform.build.dockerfile.Instruction.Copy;
import dev.caisson.platform.build.source.CopyException;
import dev.caisson.platform.build.source.Copying;
import dev.caisson.platform.build.source.Fingerprint;
import dev.caisson.platform.build.source.ImageTree;
import dev.caisson.platform.build.source.InlineFile;
import dev.caisson.platform.build.source.Ownership;
import dev.caisson.platform.build.source.Source;
import dev.caisson.platform.build.source.SourceFile;
import org.jspecify.annotations.Nullable;

/** COPY, ADD, and the directory of WORKDIR: layers that no container makes. */
final class CopyStep {

	private static final String COMMENT = "#(nop) ";

	private final Build build;

	private final StageBuild stage;

	CopyStep(Build build, StageBuild stage) {
		this.build = build;
		this.stage = stage;
	}

	void execute(Copy copy) throws IOException {
		try {
			copy(copy);
		}
		catch (CopyException ex) {
			throw new BuildException(copy.name() + " failed: " + ex.getMessage());
		}
	}

	private void copy(Copy copy) throws IOException {
		Plan plan = plan(copy);
		String createdBy = this.stage.createdBy(COMMENT + plan.comment(copy.name(), fingerprint(plan)));
		if (this.stage.useCache(createdBy)) {
			return;
		}
		Image base = this.stage.image();
		Ownership ownership = Owners.resolve(this.build.images(), base, plan.owner, plan.mode, plan.keepsOwners());
		Copying copying = new Copying(plan.destination, ownership, Clock.systemUTC().instant());
		this.stage.commit(createdBy,
				onTopOf(base, (image, out) -> withSources(plan, (sources) -> copying.write(sources, image, out))));
	}

	/** What the instruction means here and now. */
	private Plan plan(Copy copy) {
		List<String> sources = copy.sources().stream().map(this.stage::expand).toList();
		String destination = Paths.absolute(this.stage.settings().directory, this.stage.expand(copy.destination()));
		if (sources.size() + copy.inline().size() > 1 && !destination.endsWith("/")) {
			throw new BuildException("When using " + copy.name()
					+ " with more than one source file, the destination must be a directory and end with a /");
		}
		sources.stream().filter(CopyStep::isRemote).findFirst().ifPresent((remote) -> {
			throw new BuildException(copy.name() + " failed: " + remote
					+ ": remote sources are not supported, fetch the file with RUN or put it into the context");
		});
		String from = this.stage.expand(copy.from());
		return new Plan(sources, inline(copy.inline()), destination,
				from.isEmpty() ? null : this.build.source(from, this.stage.index()), !from.isEmpty(), copy.add(),
				this.stage.expand(copy.owner()), Paths.mode(this.stage.expand(copy.mode())));
	}

	private static boolean isRemote(String source) {
		return source.matches("(?i)(https?|ftp|git)://.*|git@.*");
	}

	private List<Source> inline(List<Heredoc> heredocs) {
		List<Source> files = new ArrayList<>();
		for (Heredoc heredoc : heredocs) {
			String content = heredoc.expand() ? this.stage.expansion((text) -> text.text(heredoc.content()))
					: heredoc.content();
			files.add(new Source(heredoc.name(), new InlineFile(content), false));
		}
		return files;
	}

	private String fingerprint(Plan plan) throws IOException {
		String[] print = new String[1];
		withSources(plan, (sources) -> print[0] = Plan.kind(sources) + Fingerprint.of(sources, plan.keepsOwners()));
		return print[0];
	}

	/** Sources of an image are for one thread, so each looks for its own. */
	private void withSources(Plan plan, Work work) throws IOException {
		try (ImageTree tree = this.build.images().open(plan.image)) {
			SourceFile root = plan.fromImage ? tree.root() : this.build.context().root();
			List<Source> all = new ArrayList<>();
			for (String source : plan.sources) {
				all.addAll(Source.find(root, source, plan.unpack,
						plan.fromImage ? "" : "file not found in build context or excluded by .dockerignore: "));
			}
			all.addAll(plan.inline);
			if (all.size() > 1 && !plan.destination.endsWith("/")) {
				throw new CopyException(
						"with more than one source file, the destination must be a directory and end with a /");
			}
			work.with(all);
		}
	}

	/** Makes the directory if the image does not have it, and commands run there. */
	void makeDirectory(String path) throws IOException {
		String directory = Paths.clean(Paths.absolute(this.stage.settings().directory, path));
		this.stage.settings().directory = directory;
		String createdBy = this.stage.createdBy(COMMENT + " WORKDIR " + directory);
		if (this.stage.useCache(createdBy)) {
			return;
		}
		Copying making = new Copying(directory, new Ownership(new Ownership.Owner(0, 0), null),
				Clock.systemUTC().instant());
		try {
			this.stage.commit(createdBy, onTopOf(this.stage.image(), making::makeDirectory));
		}
		catch (CopyException ex) {
			throw new BuildException("WORKDIR failed: " + ex.getMessage());
		}
	}

	private LayerSource onTopOf(@Nullable Image base, Writing writing) {
		return (out) -> {
			try (ImageTree tree = this.build.images().open(base)) {
				writing.write(tree.root(), out);
			}
		};
	}

	/** Writes a layer on top of an image. */
	@FunctionalInterface
	private interface Writing {

		void write(SourceFile image, OutputStream out) throws IOException;

	}

	/** Does something with what is copied. */
	@FunctionalInterface
	private interface Work {

		void with(List<Source> sources) throws IOException;

	}

	/**
	 * A copy with all variables replaced.
	 *
	 * @param image that is copied from; null is the context, or a stage without files
	 */
	private record Plan(List<String> sources, List<Source> inline, String destination, @Nullable Image image,
			boolean fromImage, boolean unpack, String owner, @Nullable Integer mode) {

		boolean keepsOwners() {
			return this.fromImage && this.owner.isEmpty();
		}

		/** As Docker's history has it, which is also what the cache looks at. */
		String comment(String name, String fingerprint) {
			return name + (this.owner.isEmpty() ? "" : " --chown=" + this.owner)
					+ ((this.mode == null) ? "" : " --chmod=" + Integer.toOctalString(this.mode)) + " " + fingerprint
					+ " in " + this.destination + " ";
		}

		static String kind(List<Source> sources) {
			if (sources.size() != 1) {
				return "multi:";
			}
			return sources.getFirst().file().isDirectory() ? "dir:" : "file:";
		}

	}

}
