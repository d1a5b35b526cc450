package dev.caisson.engine.cgroup;

import java.io.File;
import java.util.stream.Stream;

/** The sizes of huge pages, as the files of the hugetlb controller name them. */
final class PageSizes {

	private static final String PREFIX = "hugepages-";

	private PageSizes() {
	}

	/** Of /sys/kernel/mm/hugepages, where 2 MB are {@code hugepages-2048kB}. */
	static Stream<String> ofHost() {
		String[] names = new File("/sys/kernel/mm/hugepages").list();
		return (names == null) ? Stream.empty()
				: Stream.of(names).filter((name) -> name.startsWith(PREFIX)).sorted().map(PageSizes::name);
	}

	private static String name(String directory) {
		long kibibytes = Long.parseLong(directory.substring(PREFIX.length(), directory.length() - "kB".length()));
		if (kibibytes >= 1 << 20) {
			return (kibibytes >> 20) + "GB";
		}
		return (kibibytes >= 1 << 10) ? (kibibytes >> 10) + "MB" : kibibytes + "KB";
	}

}
