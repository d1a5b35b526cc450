package dev.caisson.persistence;

import java.nio.file.Path;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;

/** The databases that everything must work on. */
public enum TestDatabase {

	/** As it is used by default: a file, written at each commit. */
	H2 {

		@Override
		public List<String> settings(Path dataRoot) {
			return List.of();
		}

		@Override
		String url(Path dataRoot) {
			return EmbeddedDatabase.below(dataRoot).url();
		}

	},

	/** Debian's, started by the first test that needs it. */
	POSTGRESQL {

		@Override
		public List<String> settings(Path dataRoot) {
			return List.of("spring.datasource.url=" + url(dataRoot), "spring.datasource.username=caisson",
					"spring.datasource.password=" + PostgresServer.PASSWORD);
		}

		@Override
		String url(Path dataRoot) {
			return PostgresServer.shared().database(dataRoot);
		}

	};

	/**
	 * What the service is started with, beside the data root that stands for the
	 * database.
	 */
	public abstract List<String> settings(Path dataRoot);

	abstract String url(Path dataRoot);

	/** A pool on the database of this data root, with the schema in it. */
	public HikariDataSource open(Path dataRoot) {
		HikariDataSource pool = openEmpty(dataRoot);
		Flyway.configure().dataSource(pool).load().migrate();
		return pool;
	}

	/** A pool on the database of this data root. */
	public HikariDataSource openEmpty(Path dataRoot) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url(dataRoot));
		pool.setUsername((this == H2) ? "sa" : "caisson");
		pool.setPassword((this == H2) ? "" : PostgresServer.PASSWORD);
		pool.setMaximumPoolSize(4);
		return pool;
	}

}
