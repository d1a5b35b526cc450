package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.HugePageLimit;

/** {@code hugetlb}: huge pages in bytes, one set of files per page size. */
record HugePageController() implements Controller {

	@Override
	public String name(Version version) {
		return "hugetlb";
	}

	@Override
	public List<Setting> settings(ResourceSpec resources, Directory directory) {
		List<Setting> settings = new ArrayList<>();
		for (HugePageLimit limit : resources.hugePages()) {
			settings.add(Setting.of(file(limit.pageSize(), directory.version()), limit.limit()));
			// reserved pages are counted apart since Linux 5.7: without this a mapping
			// that is refused at mmap would be killed at the first touch instead
			settings.add(Setting.ifThere(reserved(limit.pageSize(), directory.version()), limit.limit()));
		}
		return settings;
	}

	@Override
	public List<Setting> unlimited(Directory directory) {
		String most = (directory.version() == Version.V1) ? Long.toString(Long.MAX_VALUE) : "max";
		return observed(directory).stream().map((file) -> Setting.ifThere(file, most)).toList();
	}

	@Override
	public List<String> observed(Directory directory) {
		return PageSizes.ofHost()
			.flatMap((size) -> java.util.stream.Stream.of(file(size, directory.version()),
					reserved(size, directory.version())))
			.toList();
	}

	static String file(String pageSize, Version version) {
		return "hugetlb." + pageSize + ((version == Version.V1) ? ".limit_in_bytes" : ".max");
	}

	private static String reserved(String pageSize, Version version) {
		return "hugetlb." + pageSize + ".rsvd" + ((version == Version.V1) ? ".limit_in_bytes" : ".max");
	}

}
