package dev.caisson.persistence;

import java.nio.file.Path;
import java.sql.JDBCType;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.caisson.persistence.access.AccessRecords;
import dev.caisson.persistence.audit.log.AuditDamagedException;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditSettings;
import dev.caisson.persistence.container.ContainerRecords;
import dev.caisson.persistence.event.EventRecords;
import dev.caisson.persistence.health.HealthRecords;
import dev.caisson.persistence.network.NetworkRecords;
import dev.caisson.persistence.volume.VolumeRecords;
import org.flywaydb.core.api.exception.FlywayValidateException;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.env.Environment;
import org.springframework.data.convert.ReadingConverter;
import org.springframework.data.convert.WritingConverter;
import org.springframework.data.jdbc.core.mapping.JdbcValue;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.util.unit.DataSize;

/**
 * The database: H2 at {@code caisson.data-root}/db unless {@code spring.datasource.url}
 * names a server.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class,
		beforeName = { "org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration",
				"org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration" })
@EnableJdbcRepositories
@Import({ DatabaseAutoConfiguration.Mapping.class, ContainerRecords.class, NetworkRecords.class, EventRecords.class,
		AccessRecords.class, VolumeRecords.class, HealthRecords.class })
public final class DatabaseAutoConfiguration {

	/** Writes are short and H2 makes them one after the other anyway. */
	private static final int CONNECTIONS = 4;

	/**
	 * Which database it is, is decided here and not by a condition, because Spring's
	 * ahead-of-time processing would decide those when the jar is built.
	 */
	@Bean
	static DataSource dataSource(Environment environment) {
		String server = environment.getProperty("spring.datasource.url", "");
		HikariDataSource pool = server.isEmpty() ? embedded(environment) : atServer(server, environment);
		pool.setPoolName("caisson");
		pool.setMaximumPoolSize(CONNECTIONS);
		pool.setMinimumIdle(1);
		return pool;
	}

	private static HikariDataSource embedded(Environment environment) {
		EmbeddedDatabase database = EmbeddedDatabase
			.below(Path.of(environment.getProperty("caisson.data-root", "/var/lib/caisson")));
		database.check();
		return new EmbeddedDataSource(database);
	}

	private static HikariDataSource atServer(String url, Environment environment) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setUsername(environment.getProperty("spring.datasource.username"));
		pool.setPassword(environment.getProperty("spring.datasource.password"));
		return pool;
	}

	/** Migrations that this version does not know mean a newer one was here: stop. */
	@Bean
	static FlywayConfigurationCustomizer refuseNewerSchemas() {
		return (configuration) -> configuration.ignoreMigrationPatterns(new String[0]);
	}

	@Bean
	static FlywayMigrationStrategy migration(DataSource dataSource) {
		return (flyway) -> {
			try {
				flyway.migrate();
				if (dataSource instanceof EmbeddedDataSource embedded) {
					embedded.database.noteComplete();
				}
			}
			catch (FlywayValidateException ex) {
				throw new DatabaseUnusableException(
						"the database was changed by another version of Caisson: " + firstDetail(ex),
						"Start the newer version that wrote it, or choose another data root with --data-root.", ex);
			}
		};
	}

	/** Made after the migration, by which its tables come. */
	@Bean(destroyMethod = "close")
	static AuditLog auditLog(DataSource dataSource, FlywayMigrationInitializer migrated, Environment environment) {
		try {
			return AuditLog.open(dataSource, auditSettings(environment));
		}
		catch (AuditDamagedException ex) {
			throw new DatabaseUnusableException("the audit log is not what was recorded: " + ex.getMessage(),
					"Restore it from a backup, or accept the damage once, which is recorded, with "
							+ "--caisson.audit.accept-damage=true.",
					ex);
		}
	}

	private static AuditSettings auditSettings(Environment environment) {
		Binder binder = Binder.get(environment);
		Path dataRoot = Path.of(environment.getProperty("caisson.data-root", "/var/lib/caisson"));
		return new AuditSettings(dataRoot.toAbsolutePath().resolve("audit"),
				binder.bind("caisson.audit.fsync", Boolean.class).orElse(false),
				binder.bind("caisson.audit.checkpoint-interval", Duration.class).orElse(Duration.ofMinutes(1)),
				binder.bind("caisson.audit.retention-age", Duration.class).orElse(Duration.ZERO),
				binder.bind("caisson.audit.retention-size", DataSize.class).orElse(DataSize.ofBytes(0)).toBytes(),
				binder.bind("caisson.audit.accept-damage", Boolean.class).orElse(false), Clock.systemUTC());
	}

	private static String firstDetail(FlywayValidateException refusal) {
		return refusal.getMessage().lines().skip(1).findFirst().orElse("its schema is not known here");
	}

	/** A pool that closes the file with itself. */
	private static final class EmbeddedDataSource extends HikariDataSource {

		private final EmbeddedDatabase database;

		EmbeddedDataSource(EmbeddedDatabase database) {
			this.database = database;
			setJdbcUrl(database.url());
			setUsername("sa");
			setPassword("");
		}

		@Override
		public void close() {
			boolean first = !isClosed();
			super.close();
			if (first) {
				try {
					this.database.close();
				}
				catch (SQLException ex) {
					throw new IllegalStateException("close the database " + this.database.file(), ex);
				}
			}
		}

	}

	/** Instants are nanoseconds since 1970 in every table. */
	@Configuration(proxyBeanMethods = false)
	static class Mapping extends AbstractJdbcConfiguration {

		private static final long SECOND = 1_000_000_000;

		@Override
		protected List<?> userConverters() {
			return List.of(ToNanos.INSTANCE, FromNanos.INSTANCE);
		}

		/** The type goes along: on its own an instant would be bound as a timestamp. */
		@WritingConverter
		enum ToNanos implements Converter<Instant, JdbcValue> {

			INSTANCE;

			@Override
			public JdbcValue convert(Instant source) {
				long nanos = Math.addExact(Math.multiplyExact(source.getEpochSecond(), SECOND), source.getNano());
				return JdbcValue.of(nanos, JDBCType.BIGINT);
			}

		}

		@ReadingConverter
		enum FromNanos implements Converter<Long, Instant> {

			INSTANCE;

			@Override
			public Instant convert(Long source) {
				return Instant.ofEpochSecond(Math.floorDiv(source, SECOND), Math.floorMod(source, SECOND));
			}

		}

	}

}
