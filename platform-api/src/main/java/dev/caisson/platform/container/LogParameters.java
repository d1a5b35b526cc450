package dev.caisson.platform.container;

import dev.caisson.engine.container.LogQuery;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.QueryFlag;
import dev.caisson.platform.server.QueryTime;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request for a log, as they came.
 *
 * @param follow whether to wait for more
 * @param stdout whether standard output is wanted
 * @param stderr whether standard error is wanted
 * @param since seconds since 1970, with or without nanoseconds
 * @param until likewise
 * @param tail how many lines; anything but a number is all
 * @param timestamps whether each line begins with its time
 */
record LogParameters(@Nullable String follow, @Nullable String stdout, @Nullable String stderr, @Nullable String since,
		@Nullable String until, @Nullable String tail, @Nullable String timestamps) {

	/**
	 * @throws BadParameterException if neither stream is wanted or a time is none
	 */
	LogQuery query() {
		boolean output = QueryFlag.isTrue(this.stdout);
		boolean error = QueryFlag.isTrue(this.stderr);
		if (!output && !error) {
			throw new BadParameterException("Bad parameters: you must choose at least one stream");
		}
		return new LogQuery(output, error, QueryTime.parse("since", this.since), QueryTime.parse("until", this.until),
				lines(), QueryFlag.isTrue(this.follow));
	}

	boolean withTimestamps() {
		return QueryFlag.isTrue(this.timestamps);
	}

	private int lines() {
		return (this.tail != null && this.tail.matches("\\d{1,9}")) ? Integer.parseInt(this.tail) : -1;
	}

}
