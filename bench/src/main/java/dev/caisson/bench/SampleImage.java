package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import dev.caisson.engine.image.Digest;

/**
 * Makes an archive of an image whose files are half text, half noise, as in real ones.
 */
final class SampleImage {

	private static final int FILE = 64 * 1024;

	private SampleImage() {
	}

	/**
	 * Writes a docker-archive.
	 * @param directory for what it is made of, and for the archive
	 * @param tag of the image
	 * @param layers how many
	 * @param layerBytes of each, about
	 */
	static Path write(Path directory, String tag, int layers, long layerBytes) throws IOException {
		Path top = Files.createDirectories(directory.resolve(tag.replace(':', '-')));
		List<String> names = new ArrayList<>();
		List<String> diffIds = new ArrayList<>();
		Random random = new Random(tag.hashCode());
		for (int i = 0; i < layers; i++) {
			Path tree = top.resolve("tree");
			for (int j = 0; j < Math.max(1, layerBytes / FILE); j++) {
				Path file = tree.resolve("layer" + i + "/" + j % 20 + "/file" + j);
				Files.createDirectories(file.getParent());
				Files.write(file, content(random, (int) Math.min(FILE, layerBytes)));
			}
			String name = i + ".tar";
			Processes.run(List.of("tar", "-C", tree.toString(), "-cf", top.resolve(name).toString(), "."));
			Processes.run(List.of("rm", "-rf", tree.toString()));
			diffIds.add("\"" + Digest.ofBytes(Files.readAllBytes(top.resolve(name))) + "\"");
			names.add(name);
		}
		return archive(top, tag, names, diffIds);
	}

	private static byte[] content(Random random, int length) {
		byte[] bytes = new byte[length];
		random.nextBytes(bytes);
		for (int i = 0; i < length / 2; i++) {
			bytes[i] = (byte) ('a' + (bytes[i] & 7));
		}
		return bytes;
	}

	private static Path archive(Path top, String tag, List<String> names, List<String> diffIds) throws IOException {
		Files.writeString(top.resolve("config.json"), """
				{"architecture":"%s","os":"linux","config":{"Cmd":["/none"]},\
				"rootfs":{"type":"layers","diff_ids":[%s]},"history":[]}"""
			.formatted(System.getProperty("os.arch").replace("aarch64", "arm64"), String.join(",", diffIds)));
		Files.writeString(top.resolve("manifest.json"),
				"[{\"Config\":\"config.json\",\"RepoTags\":[\"%s\"],\"Layers\":[%s]}]".formatted(tag,
						names.stream().map((name) -> "\"" + name + "\"").collect(Collectors.joining(","))));
		Path archive = top.resolve("image.tar");
		List<String> command = new ArrayList<>(
				List.of("tar", "-C", top.toString(), "-cf", archive.toString(), "manifest.json", "config.json"));
		command.addAll(names);
		Processes.run(command);
		for (String name : names) {
			Files.delete(top.resolve(name));
		}
		return archive;
	}

}
