package dev.caisson.platform.system;

import java.io.IOException;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.backup.Backup;
import dev.caisson.platform.CaissonSettings;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Gives out what must survive, while the service runs. It holds secrets. */
@RestController
final class BackupController {

	private final DataSource database;

	private final AuditLog log;

	private final CaissonSettings settings;

	BackupController(DataSource database, AuditLog log, CaissonSettings settings) {
		this.database = database;
		this.log = log;
		this.settings = settings;
	}

	@GetMapping("/api/v1/backup")
	void backup(HttpServletResponse response) throws IOException, SQLException {
		response.setContentType("application/zip");
		response.setHeader("Content-Disposition", "attachment; filename=\"caisson-backup.zip\"");
		Backup.write(this.database, this.log, this.settings.dataRoot().resolve("audit"), response.getOutputStream());
	}

}
