package dev.caisson.platform.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

import dev.caisson.engine.image.Image;
import dev.caisson.platform.build.dockerfile.Dockerfile;
import dev.caisson.platform.build.dockerfile.DockerfileException;
import dev.caisson.platform.build.dockerfile.Expansion;
import dev.caisson.platform.build.dockerfile.Instruction;
import dev.caisson.platform.build.dockerfile.Pair;
import dev.caisson.platform.build.dockerfile.Stage;
import dev.caisson.platform.build.source.BuildContext;
import dev.caisson.platform.container.StepContainers;
import org.jspecify.annotations.Nullable;

/**
 * One build. It is done by one thread; {@link #cancel} may be called by any.
 */
final class Build {

	private static final String SCRATCH = "scratch";

	private final Dockerfile file;

	private final BuildParameters parameters;

	private final BuildContext context;

	private final BuildImages images;

	private final StepContainers containers;

	private final BuildDirectory directory;

	private final BuildOutput output;

	private final BuildArguments globals;

	private final Map<Integer, StageBuild> done = new HashMap<>();

	private int step;

	private int steps;

	private boolean canceled;

	/** Ends what has to be waited for. Guarded by this. */
	private @Nullable Runnable interruption;

	Build(Dockerfile file, BuildParameters parameters, BuildContext context, BuildImages images,
			StepContainers containers, BuildDirectory directory, BuildOutput output) {
		this.file = file;
		this.parameters = parameters;
		this.context = context;
		this.images = images;
		this.containers = containers;
		this.directory = directory;
		this.output = output;
		this.globals = BuildArguments.global(parameters.arguments());
	}

	/**
	 * Builds.
	 * @throws BuildException if a step fails
	 * @throws DockerfileException if the target is not there
	 * @throws BuildCanceledException if nobody wants it any more
	 */
	Image run() throws IOException {
		Stage target = this.file.target(this.parameters.target());
		List<Stage> stages = this.file.needed(target);
		boolean labels = !this.parameters.labels().isEmpty();
		this.steps = this.file.globals().size() + (labels ? 1 : 0)
				+ stages.stream().mapToInt((stage) -> 1 + stage.instructions().size()).sum();
		this.file.warnings().forEach(this.output::line);
		declareGlobals();
		for (Stage stage : stages) {
			build(stage, labels && stage == target);
		}
		warnOfUnusedArguments();
		Image image = this.done.get(target.index()).image();
		if (image == null) {
			throw new BuildException("No image was generated. Is your Dockerfile empty?");
		}
		this.images.tag(image, this.parameters.tags());
		return image;
	}

	private void declareGlobals() {
		PlatformArguments.ofHost().forEach(this.globals::declare);
		for (Instruction.Arg arg : this.file.globals()) {
			announce(arg);
			for (Pair pair : arg.pairs()) {
				this.globals.declare(pair.name(), (pair.value() != null) ? expandGlobal(pair.value()) : null);
			}
		}
	}

	private String expandGlobal(String text) {
		try {
			return new Expansion(this.file.escape(), this.globals::value).word(text);
		}
		catch (IllegalArgumentException ex) {
			throw new BuildException(String.valueOf(ex.getMessage()));
		}
	}

	private void announce(Instruction instruction) {
		checkCanceled();
		this.step++;
		this.output.line("Step " + this.step + "/" + this.steps + " : " + instruction.place().text());
	}

	private void build(Stage stage, boolean withLabels) throws IOException {
		announce(stage.from());
		StageBuild work = begin(stage);
		this.done.put(stage.index(), work);
		tellImage(work);
		pullTriggers(work);
		List<Instruction> instructions = new ArrayList<>(stage.instructions());
		if (withLabels) {
			instructions.add(labels());
		}
		for (Instruction instruction : instructions) {
			announce(instruction);
			work.execute(instruction);
			tellImage(work);
		}
		Image image = work.image();
		if (image != null) {
			this.output.image(image.id());
		}
	}

	private StageBuild begin(Stage stage) {
		String name = expandGlobal(stage.from().image());
		if (name.isBlank()) {
			throw new BuildException("base name (" + stage.from().image() + ") should not be blank");
		}
		BuildArguments arguments = this.globals.ofStage();
		if (name.equals(SCRATCH)) {
			return new StageBuild(this, stage.index(), arguments, null);
		}
		Optional<Stage> earlier = this.file.before(stage.index(), name);
		String platform = expandGlobal(stage.from().platform());
		Image base = earlier.isPresent() ? this.done.get(earlier.get().index()).image()
				: this.images.find(name, platform.isEmpty() ? this.parameters.platform() : platform, this.output);
		return new StageBuild(this, stage.index(), arguments, base);
	}

	private void tellImage(StageBuild work) {
		Image image = work.image();
		this.output.line(" ---> " + ((image != null) ? image.id().shortForm() : ""));
	}

	private void pullTriggers(StageBuild work) throws IOException {
		List<String> triggers = work.takeTriggers();
		if (triggers.isEmpty()) {
			return;
		}
		this.output.line("# Executing " + triggers.size() + " build trigger" + ((triggers.size() > 1) ? "s" : ""));
		for (String trigger : triggers) {
			work.execute(Dockerfile.parseTrigger(trigger));
			tellImage(work);
		}
	}

	private Instruction labels() {
		List<Pair> pairs = new ArrayList<>();
		StringBuilder text = new StringBuilder("LABEL");
		this.parameters.labels().forEach((name, value) -> {
			pairs.add(new Pair(quoted(name), quoted(value)));
			text.append(' ').append(name).append('=').append(value);
		});
		return Dockerfile.label(text.toString(), pairs);
	}

	/** So that nothing in it is expanded. */
	private static String quoted(String text) {
		return "'" + text.replace("'", "'\"'\"'") + "'";
	}

	private void warnOfUnusedArguments() {
		List<String> unused = this.globals.unused();
		if (!unused.isEmpty()) {
			this.output
				.line("[Warning] One or more build-args " + unused.toString().replace(",", "") + " were not consumed");
		}
	}

	/**
	 * The image that COPY --from means: of a stage, which may have none, or any other.
	 */
	@Nullable Image source(String reference, int index) {
		Optional<Stage> stage = this.file.before(index, reference);
		if (stage.isPresent()) {
			return this.done.get(stage.get().index()).image();
		}
		try {
			return this.images.find(reference, this.parameters.platform(), this.output);
		}
		catch (BuildException ex) {
			throw new BuildException("invalid from flag value " + reference + ": " + ex.getMessage());
		}
	}

	char escape() {
		return this.file.escape();
	}

	BuildParameters parameters() {
		return this.parameters;
	}

	BuildContext context() {
		return this.context;
	}

	BuildImages images() {
		return this.images;
	}

	StepContainers containers() {
		return this.containers;
	}

	BuildDirectory directory() {
		return this.directory;
	}

	BuildOutput output() {
		return this.output;
	}

	/** Ends it as soon as possible. */
	void cancel() {
		Runnable end;
		synchronized (this) {
			this.canceled = true;
			end = this.interruption;
		}
		if (end != null) {
			end.run();
		}
	}

	synchronized void checkCanceled() {
		if (this.canceled) {
			throw new BuildCanceledException();
		}
	}

	/**
	 * Does something that takes its time.
	 * @param end makes it return, called at most once
	 */
	int untilCanceled(Runnable end, IntSupplier work) {
		synchronized (this) {
			checkCanceled();
			this.interruption = end;
		}
		try {
			return work.getAsInt();
		}
		finally {
			synchronized (this) {
				this.interruption = null;
			}
		}
	}

}
