package dev.caisson.platform.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.platform.build.dockerfile.Command;
import dev.caisson.platform.build.dockerfile.Heredoc;
import dev.caisson.platform.build.dockerfile.Instruction.Run;
import dev.caisson.platform.container.StepContainer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** RUN: a command in an ordinary container, whose changes become a layer. */
final class RunStep {

	private static final JsonMapper JSON = new JsonMapper();

	private final Build build;

	private final StageBuild stage;

	RunStep(Build build, StageBuild stage) {
		this.build = build;
		this.stage = stage;
	}

	void execute(Run run) throws IOException {
		List<String> arguments = arguments(run);
		List<String> visible = this.stage.arguments().environment(this.stage.settings().variableNames(), false);
		String createdBy = createdBy(visible, arguments);
		if (this.stage.useCache(createdBy)) {
			return;
		}
		Image base = this.stage.image();
		if (base == null) {
			throw new BuildException("RUN needs an image: there is nothing to run in " + StageBuild.quoted("scratch"));
		}
		ContainerId id = ContainerId.random();
		this.build.directory().note(id);
		try (StepContainer container = this.build.containers().create(id, request(base, arguments))) {
			this.build.output().line(" ---> Running in " + id.shortForm());
			run(container, arguments);
			this.stage.commit(createdBy, container::writeChanges);
		}
		finally {
			this.build.directory().strike(id);
		}
		this.build.output().line("Removing intermediate container " + id.shortForm());
	}

	private void run(StepContainer container, List<String> arguments) {
		int status = this.build.untilCanceled(container::kill,
				() -> container.run(this.build.output().commandSink(this.build::cancel)));
		this.build.checkCanceled();
		if (status != 0) {
			throw new BuildException(
					"The command '" + String.join(" ", arguments) + "' returned a non-zero code: " + status, status);
		}
	}

	private List<String> arguments(Run run) {
		Command command = run.command();
		if (run.heredocs().isEmpty() || !command.shell()) {
			return command.arguments(this.stage.settings().shell());
		}
		return new Command(true, List.of(script(command.words().getFirst(), run.heredocs())))
			.arguments(this.stage.settings().shell());
	}

	/**
	 * A heredoc alone is a script; behind a command the shell reads it.
	 */
	private static String script(String command, List<Heredoc> heredocs) {
		Heredoc first = heredocs.getFirst();
		boolean alone = heredocs.size() == 1 && command.matches("\\d*<<-?['\"]?[^<\\s'\"]+['\"]?");
		if (alone && !first.content().startsWith("#!")) {
			return first.content();
		}
		if (alone) {
			String interpreter = first.content().lines().findFirst().orElse("").substring(2).strip();
			return "exec " + interpreter + " /dev/stdin <<'" + first.name() + "'\n" + first.content() + first.name()
					+ "\n";
		}
		StringBuilder text = new StringBuilder(command).append('\n');
		heredocs.forEach((heredoc) -> text.append(heredoc.content()).append(heredoc.name()).append('\n'));
		return text.toString();
	}

	private static String createdBy(List<String> visible, List<String> arguments) {
		List<String> words = new ArrayList<>();
		if (!visible.isEmpty()) {
			words.add("|" + visible.size());
			words.addAll(visible);
		}
		words.addAll(arguments);
		return String.join(" ", words);
	}

	/** The image has user, directory and environment already. */
	private byte[] request(Image base, List<String> arguments) {
		ObjectNode request = JSON.createObjectNode().put("Image", base.id().toString());
		add(request.putArray("Cmd"), arguments);
		// one empty word: not the image's
		request.putArray("Entrypoint").add("");
		add(request.putArray("Env"), environment());
		request.putObject("Healthcheck").putArray("Test").add("NONE");
		request.put("AttachStdout", true).put("AttachStderr", true);
		request.set("HostConfig", this.build.parameters().host().json());
		return JSON.writeValueAsBytes(request);
	}

	private List<String> environment() {
		List<String> all = new ArrayList<>(this.stage.settings().toConfig().env());
		all.addAll(this.stage.arguments().environment(this.stage.settings().variableNames(), true));
		return all;
	}

	private static void add(ArrayNode array, List<String> words) {
		words.forEach(array::add);
	}

}
