package dev.caisson.platform.container.definition;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.MountSpec.Propagation;
import dev.caisson.engine.spec.MountSpec.Relabel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MountChoicesTests {

	@Test
	void bindOfAHostPath() {
		assertThat(mounts("\"Binds\":[\"/a/../b:/x/:ro,rslave\"]")).containsExactly(
				new MountSpec.Bind(Path.of("/b"), "/x", true, true, Propagation.RSLAVE, true, Relabel.NONE));
	}

	@Test
	void bindOfAVolume() {
		assertThat(mounts("\"Binds\":[\"data:/x\"]")).containsExactly(new MountSpec.Bind(
				Path.of("/data/volumes/data/_data"), "/x", false, true, Propagation.RPRIVATE, true, Relabel.NONE));
	}

	@Test
	void bindOfAPathAloneIsAnAnonymousVolume() {
		assertThat(Bench.define("{\"HostConfig\":{\"Binds\":[\"/x\"]}}").mounts()).singleElement()
			.satisfies((mount) -> {
				assertThat(mount.name()).isEqualTo("anonymous0");
				assertThat(mount.anonymous()).isTrue();
				assertThat(mount.source()).isEqualTo("/data/volumes/anonymous0/_data");
			});
	}

	@Test
	void labelsAreForHostsThatHaveThem() {
		HostFacts labelled = new HostFacts(2, "h", Path.of("/v"), true);
		String body = "{\"HostConfig\":{\"Binds\":[\"/a:/a:z\",\"/b:/b:Z\"]}}";
		assertThat(Bench.specify(body, Bench.IMAGE, labelled).mounts())
			.extracting((mount) -> ((MountSpec.Bind) mount).relabel())
			.containsExactly(Relabel.SHARED, Relabel.PRIVATE);
		assertThat(Bench.specify(body).mounts()).extracting((mount) -> ((MountSpec.Bind) mount).relabel())
			.containsOnly(Relabel.NONE);
	}

	@Test
	void mountsOfEveryType() {
		assertThat(mounts("""
				"Mounts":[{"Type":"bind","Source":"/a","Target":"/1","ReadOnly":true,
				"BindOptions":{"Propagation":"shared","NonRecursive":true,"CreateMountpoint":true}},
				{"Type":"bind","Source":"/a","Target":"/2"},
				{"Type":"volume","Source":"vol","Target":"/3"},{"Type":"volume","Target":"/4","ReadOnly":true},
				{"Type":"tmpfs","Target":"/5","TmpfsOptions":{"SizeBytes":1024,"Mode":448,"Options":[["exec"]]}}]"""))
			.containsExactly(
					new MountSpec.Bind(Path.of("/a"), "/1", true, false, Propagation.SHARED, true, Relabel.NONE),
					new MountSpec.Bind(Path.of("/a"), "/2", false, true, Propagation.RPRIVATE, false, Relabel.NONE),
					new MountSpec.Bind(Path.of("/data/volumes/vol/_data"), "/3", false, true, Propagation.RPRIVATE,
							true, Relabel.NONE),
					new MountSpec.Bind(Path.of("/data/volumes/anonymous0/_data"), "/4", true, true,
							Propagation.RPRIVATE, true, Relabel.NONE),
					new MountSpec.Tmpfs("/5", false, List.of("exec", "size=1024", "mode=700")));
	}

	@Test
	void tmpfsOptionsAreTakenApart() {
		assertThat(mounts("\"Tmpfs\":{\"/run\":\"rw,noexec,size=65536k\",\"/tmp\":\"\",\"/ro\":\"ro\"}"))
			.containsExactlyInAnyOrder(new MountSpec.Tmpfs("/run", false, List.of("rw", "noexec", "size=65536k")),
					new MountSpec.Tmpfs("/tmp", false, List.of()), new MountSpec.Tmpfs("/ro", true, List.of("ro")));
	}

	@Test
	void volumesOfTheImageGiveWayToWhatTheClientMounts() {
		ImageConfig image = new ImageConfig(null, List.of("sh"), List.of(), "", "", Set.of(),
				Set.of("/data", "/more", "/tmp"), Map.of(), "", null, null, null, List.of());
		Definition definition = Bench.define(
				"{\"HostConfig\":{\"Binds\":[\"/a:/data\"],\"Tmpfs\":{\"/tmp\":\"\"}},\"Volumes\":{\"/mine\":{}}}",
				image, Bench.HOST);
		assertThat(definition.mounts()).extracting(MountPoint::destination).containsExactly("/data", "/mine", "/more");
		assertThat(definition.mounts()).extracting(MountPoint::type)
			.containsExactly(MountPoint.Type.BIND, MountPoint.Type.VOLUME, MountPoint.Type.VOLUME);
	}

	@Test
	void mountsOfAnotherContainerAreInherited() {
		Definition definition = Bench
			.define("{\"HostConfig\":{\"VolumesFrom\":[\"peer:ro\"],\"Binds\":[\"/mine:/srv\"]}}");
		assertThat(definition.mounts()).extracting(MountPoint::destination, MountPoint::source, MountPoint::writable)
			.containsExactly(org.assertj.core.groups.Tuple.tuple("/srv", "/mine", true),
					org.assertj.core.groups.Tuple.tuple("/vol", "/data/volumes/vol/_data", false));
	}

	private static List<MountSpec> mounts(String hostConfig) {
		return Bench.specifyHost(hostConfig).mounts();
	}

}
