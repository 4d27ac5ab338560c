BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE journal (
	entry_id INTEGER NOT NULL, 
	mask_id VARCHAR(40) NOT NULL, 
	reviewer_id INTEGER NOT NULL, 
	client_key TEXT NOT NULL, 
	verdict VARCHAR(20), 
	reasons TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	seconds FLOAT, 
	shown_at DATETIME, 
	decided_at DATETIME NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	overlay_mode VARCHAR(20), 
	guideline_hash VARCHAR(64), 
	source VARCHAR(20) NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_journal PRIMARY KEY (entry_id), 
	CONSTRAINT fk_journal_mask_id FOREIGN KEY(mask_id) REFERENCES masks (mask_id), 
	CONSTRAINT fk_journal_reviewer_id FOREIGN KEY(reviewer_id) REFERENCES reviewers (reviewer_id), 
	CONSTRAINT fk_journal_supersedes FOREIGN KEY(supersedes) REFERENCES journal (entry_id), 
	CONSTRAINT uq_journal_reviewer_id UNIQUE (reviewer_id, client_key)
);
INSERT INTO "journal" VALUES(1,'c428d01baf949c786584b2b1',1,'import 2026-11-23T17:07:31.217244+00:00 line 2','incorrect','spills_over','',4.5,NULL,'2026-11-01 10:00:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(2,'6d915971dbe00b135f442ec6',1,'import 2026-11-23T17:07:31.217244+00:00 line 3','correct','','',4.5,NULL,'2026-11-01 10:01:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(3,'8606e50d13bb99ff61152a8a',1,'import 2026-11-23T17:07:31.217244+00:00 line 4','correct','','',4.5,NULL,'2026-11-01 10:02:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(4,'66d3ec9cc6dffe4e59169d45',1,'import 2026-11-23T17:07:31.217244+00:00 line 5','unsure','ambiguous_question','',4.5,NULL,'2026-11-01 10:03:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(5,'09200b7634efbdae5fb52d9b',1,'import 2026-11-23T17:07:31.217244+00:00 line 6','incorrect','spills_over','',4.5,NULL,'2026-11-01 10:04:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(6,'52563df7c69fddb5f9234355',1,'import 2026-11-23T17:07:31.217244+00:00 line 7','correct','','',4.5,NULL,'2026-11-01 10:05:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(7,'56d13dc7511c85af3bd4f6d9',1,'import 2026-11-23T17:07:31.217244+00:00 line 8','correct','','',4.5,NULL,'2026-11-01 10:06:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(8,'62341e4022bf475817a861aa',1,'import 2026-11-23T17:07:31.217244+00:00 line 9','unsure','ambiguous_question','',4.5,NULL,'2026-11-01 10:07:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(9,'074b82ffeea7179d551fb382',1,'import 2026-11-23T17:07:31.217244+00:00 line 10','incorrect','spills_over','',4.5,NULL,'2026-11-01 10:08:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(10,'4e39fb974481a62faddc53b1',1,'import 2026-11-23T17:07:31.217244+00:00 line 11','correct','','',4.5,NULL,'2026-11-01 10:09:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
INSERT INTO "journal" VALUES(11,'c428d01baf949c786584b2b1',2,'import 2026-11-23T17:07:31.217244+00:00 line 12','incorrect','spills_over','too wide',3.0,NULL,'2026-11-01 11:00:00.000000','2026-11-23 17:07:31.217244',NULL,NULL,'import',NULL);
CREATE TABLE masks (
	mask_id VARCHAR(40) NOT NULL, 
	height INTEGER NOT NULL, 
	width INTEGER NOT NULL, 
	parts JSON NOT NULL, 
	area BIGINT NOT NULL, 
	unjudgable TEXT, 
	CONSTRAINT pk_masks PRIMARY KEY (mask_id)
);
INSERT INTO "masks" VALUES('8606e50d13bb99ff61152a8a',40,60,'["e7:n00000000000000000000000000000000000000[Z1"]',200,NULL);
INSERT INTO "masks" VALUES('4e39fb974481a62faddc53b1',40,60,'["];:n00000000000000000000000000000000000000cV1"]',200,NULL);
INSERT INTO "masks" VALUES('62341e4022bf475817a861aa',40,60,'["ea0:n00000000000000000000000000000000000000[P1"]',200,NULL);
INSERT INTO "masks" VALUES('66d3ec9cc6dffe4e59169d45',40,60,'["]e0:n00000000000000000000000000000000000000cl0"]',200,NULL);
INSERT INTO "masks" VALUES('09200b7634efbdae5fb52d9b',40,60,'["mg0:n00000000000000000000000000000000000000Sj0"]',200,NULL);
INSERT INTO "masks" VALUES('9ff4019bc40b471bd7381b9f',40,60,'["ek0:n00000000000000000000000000000000000000[f0"]',200,NULL);
INSERT INTO "masks" VALUES('6d915971dbe00b135f442ec6',40,60,'["Un0:n00000000000000000000000000000000000000kc0"]',200,NULL);
INSERT INTO "masks" VALUES('2e58f203e2ffa16c740e8d79',40,60,'["US1:n00000000000000000000000000000000000000k>"]',200,NULL);
INSERT INTO "masks" VALUES('56d13dc7511c85af3bd4f6d9',40,60,'["UX1:n00000000000000000000000000000000000000k9"]',200,NULL);
INSERT INTO "masks" VALUES('c428d01baf949c786584b2b1',40,60,'["e7:n00000000000000000000000000000000000000[Z1"]',200,NULL);
INSERT INTO "masks" VALUES('52563df7c69fddb5f9234355',40,60,'["U::n00000000000000000000000000000000000000kW1"]',200,NULL);
INSERT INTO "masks" VALUES('074b82ffeea7179d551fb382',40,60,'["];:n00000000000000000000000000000000000000cV1"]',200,NULL);
INSERT INTO "masks" VALUES('632dfb73ae35d81b72cbb2c1',40,60,'["l7:n00000000000000000000000000000000000000TZ1"]',200,NULL);
INSERT INTO "masks" VALUES('b950dbb02dd679bc1a46c004',40,60,'["la0:n00000000000000000000000000000000000000TP1"]',200,NULL);
INSERT INTO "masks" VALUES('3c404bcefe149e185e187df4',40,60,'["\\n0:n00000000000000000000000000000000000000dc0"]',200,NULL);
INSERT INTO "masks" VALUES('cfb75e273d1aa7bc0339c416',40,60,'["\\S1:n00000000000000000000000000000000000000d>"]',200,NULL);
INSERT INTO "masks" VALUES('edbd3f1cc2bdceec20dcdcca',40,60,'["\\X1:n00000000000000000000000000000000000000d9"]',200,NULL);
INSERT INTO "masks" VALUES('18c79b9fcd05131c681439c8',40,60,'["l7:n00000000000000000000000000000000000000TZ1"]',200,NULL);
INSERT INTO "masks" VALUES('62a6135cd605ee71cbcf80e7',40,60,'["\\::n00000000000000000000000000000000000000dW1"]',200,NULL);
CREATE TABLE reviewers (
	reviewer_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_reviewers PRIMARY KEY (reviewer_id), 
	CONSTRAINT uq_reviewers_name UNIQUE (name)
);
INSERT INTO "reviewers" VALUES(1,'ann','2026-11-23 17:07:31.217244');
INSERT INTO "reviewers" VALUES(2,'bo','2026-11-23 17:07:31.217244');
CREATE TABLE sample_settings (
	sample_id INTEGER NOT NULL, 
	setting TEXT NOT NULL, 
	reference TEXT, 
	model TEXT, 
	is_subset BOOLEAN NOT NULL, 
	position INTEGER NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sample_settings PRIMARY KEY (sample_id, setting), 
	CONSTRAINT fk_sample_settings_sample_id FOREIGN KEY(sample_id) REFERENCES samples (sample_id) ON DELETE CASCADE
);
INSERT INTO "sample_settings" VALUES(1,'A','label','model A',0,0,'ab22d79ce6820d03a0809e94bd7f7950205edb22cc671db7cffdbf027e3b689a');
INSERT INTO "sample_settings" VALUES(1,'B','label','model B',0,1,'c045d0c352a10cd3450f268eca6f5b55b74651818253efb3fd27cdec2e02eee3');
CREATE TABLE samples (
	sample_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	seed BIGINT NOT NULL, 
	unit VARCHAR(20) NOT NULL, 
	across VARCHAR(20) NOT NULL, 
	per_entity INTEGER NOT NULL, 
	allocation TEXT NOT NULL, 
	fixed JSON NOT NULL, 
	frame TEXT NOT NULL, 
	population_fingerprint VARCHAR(64) NOT NULL, 
	frame_files JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_samples PRIMARY KEY (sample_id), 
	CONSTRAINT uq_samples_name UNIQUE (name)
);
INSERT INTO "samples" VALUES(1,'first',5,'entity','splits',1,'12 in proportion','{}','A','ab22d79ce6820d03a0809e94bd7f7950205edb22cc671db7cffdbf027e3b689a','[{"file": "A.json", "fingerprint": "51358bad3934836a1f5b37016f497596a2dbcc57131f5c564c21c107a43c0fb0", "n_annotations": 36}]','2026-11-23 17:07:30.211418');
CREATE TABLE strata (
	sample_id INTEGER NOT NULL, 
	split TEXT NOT NULL, 
	n_units INTEGER NOT NULL, 
	n_entities_drawn INTEGER NOT NULL, 
	n_entities BIGINT NOT NULL, 
	n_annotations BIGINT NOT NULL, 
	CONSTRAINT pk_strata PRIMARY KEY (sample_id, split), 
	CONSTRAINT fk_strata_sample_id FOREIGN KEY(sample_id) REFERENCES samples (sample_id) ON DELETE CASCADE
);
INSERT INTO "strata" VALUES(1,'entity',4,4,6,12);
INSERT INTO "strata" VALUES(1,'query',4,4,6,12);
INSERT INTO "strata" VALUES(1,'wiki',4,4,6,12);
CREATE TABLE unit_masks (
	unit_id INTEGER NOT NULL, 
	setting TEXT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	mask_id VARCHAR(40), 
	CONSTRAINT pk_unit_masks PRIMARY KEY (unit_id, setting), 
	CONSTRAINT ck_unit_masks_mask_where_present CHECK ((state = 'present') = (mask_id IS NOT NULL)), 
	CONSTRAINT fk_unit_masks_mask_id FOREIGN KEY(mask_id) REFERENCES masks (mask_id), 
	CONSTRAINT fk_unit_masks_unit_id FOREIGN KEY(unit_id) REFERENCES units (unit_id) ON DELETE CASCADE
);
INSERT INTO "unit_masks" VALUES(3,'A','present','8606e50d13bb99ff61152a8a');
INSERT INTO "unit_masks" VALUES(10,'A','present','4e39fb974481a62faddc53b1');
INSERT INTO "unit_masks" VALUES(8,'A','present','62341e4022bf475817a861aa');
INSERT INTO "unit_masks" VALUES(4,'A','present','66d3ec9cc6dffe4e59169d45');
INSERT INTO "unit_masks" VALUES(5,'A','present','09200b7634efbdae5fb52d9b');
INSERT INTO "unit_masks" VALUES(12,'A','present','9ff4019bc40b471bd7381b9f');
INSERT INTO "unit_masks" VALUES(2,'A','present','6d915971dbe00b135f442ec6');
INSERT INTO "unit_masks" VALUES(11,'A','present','2e58f203e2ffa16c740e8d79');
INSERT INTO "unit_masks" VALUES(7,'A','present','56d13dc7511c85af3bd4f6d9');
INSERT INTO "unit_masks" VALUES(1,'A','present','c428d01baf949c786584b2b1');
INSERT INTO "unit_masks" VALUES(6,'A','present','52563df7c69fddb5f9234355');
INSERT INTO "unit_masks" VALUES(9,'A','present','074b82ffeea7179d551fb382');
INSERT INTO "unit_masks" VALUES(3,'B','present','632dfb73ae35d81b72cbb2c1');
INSERT INTO "unit_masks" VALUES(10,'B','present','4e39fb974481a62faddc53b1');
INSERT INTO "unit_masks" VALUES(8,'B','present','b950dbb02dd679bc1a46c004');
INSERT INTO "unit_masks" VALUES(4,'B','present','66d3ec9cc6dffe4e59169d45');
INSERT INTO "unit_masks" VALUES(5,'B','present','09200b7634efbdae5fb52d9b');
INSERT INTO "unit_masks" VALUES(12,'B','missing',NULL);
INSERT INTO "unit_masks" VALUES(2,'B','present','3c404bcefe149e185e187df4');
INSERT INTO "unit_masks" VALUES(11,'B','present','cfb75e273d1aa7bc0339c416');
INSERT INTO "unit_masks" VALUES(7,'B','present','edbd3f1cc2bdceec20dcdcca');
INSERT INTO "unit_masks" VALUES(1,'B','present','18c79b9fcd05131c681439c8');
INSERT INTO "unit_masks" VALUES(6,'B','present','62a6135cd605ee71cbcf80e7');
INSERT INTO "unit_masks" VALUES(9,'B','present','074b82ffeea7179d551fb382');
CREATE TABLE units (
	unit_id INTEGER NOT NULL, 
	sample_id INTEGER NOT NULL, 
	annotation_id TEXT NOT NULL, 
	mention_id TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	entity_name TEXT, 
	stratum TEXT NOT NULL, 
	category TEXT, 
	image_id TEXT NOT NULL, 
	images_root TEXT, 
	file_name TEXT, 
	question TEXT, 
	n_annotations_of_entity BIGINT NOT NULL, 
	n_entities_in_stratum BIGINT NOT NULL, 
	inclusion_probability FLOAT NOT NULL, 
	design_weight FLOAT NOT NULL, 
	entity_weight FLOAT NOT NULL, 
	annotation_ticket VARCHAR(64) NOT NULL, 
	entity_ticket VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_units PRIMARY KEY (unit_id), 
	CONSTRAINT ck_units_probability CHECK (inclusion_probability > 0 AND inclusion_probability <= 1), 
	CONSTRAINT fk_units_sample_id FOREIGN KEY(sample_id) REFERENCES samples (sample_id) ON DELETE CASCADE, 
	CONSTRAINT uq_units_sample_id UNIQUE (sample_id, annotation_id)
);
INSERT INTO "units" VALUES(1,1,'oven_0031','oven_0031','Q15','thing 15','entity','plant','image_3','@PLACE@/photos','image_3.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'26c29758b7453b4416124131523e1830f7837993e6e3e03a1a757c1c331546c9','13e5920dde7acdb097348500988f7e483bcfae5f5b31c4bf8af6f08a1e9a0afb');
INSERT INTO "units" VALUES(2,1,'oven_0019','oven_0019','Q9','thing 9','entity','plant','image_3','@PLACE@/photos','image_3.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'1e70f103b6bda305b154eb942d69784fdeae32c2af36ffd0dccf91bc55db476a','1b8e5539801eb2a740566a4d5e2a24a891bc6ca782cad5b90ae893078680111e');
INSERT INTO "units" VALUES(3,1,'oven_0001','oven_0001','Q0','thing 0','entity','animal','image_1','@PLACE@/photos','image_1.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'33579381e5218ca5502f9923547067fb13c5432c94bbf6308d3d097b9e3d560c','3ff367216799bbc1328e410b995fbc06efc76fc7d309c66649a18f5a7e9be9d9');
INSERT INTO "units" VALUES(4,1,'oven_0012','oven_0012','Q6','thing 6','entity','animal','image_0','@PLACE@/photos','image_0.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'930341104b6945a6c65c30a097c654ffe33cf1c7946414a1f2b9ece50b97cb96','54cb822073528ba7de834fe2b0f40c4ef997c05c4926b6efc66e8e118ed567f7');
INSERT INTO "units" VALUES(5,1,'oven_0014','oven_0014','Q7','thing 7','query','plant','image_2','@PLACE@/photos','image_2.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'08ad57380569cf7775e2b1ffb443c1e6282cb1381be72224c99d8edcd964beaa','1c342c52536845e777cbb8ef7ab269fd3162bce1d999317afaafd8018da1d00e');
INSERT INTO "units" VALUES(6,1,'oven_0033','oven_0033','Q16','thing 16','query','animal','image_1','@PLACE@/photos','image_1.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'deb394baa86aa9d5b0977578e0c79c494bc96a8a9b59facde415763fb996eb3c','1d8c7cfc929089a5c52067607531120b8cb2aa94a3bf06a876e85faa3fd4361e');
INSERT INTO "units" VALUES(7,1,'oven_0027','oven_0027','Q13','thing 13','query','plant','image_3','@PLACE@/photos','image_3.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'582b63a768e64f964158c4d442fb0dd007f0174c93771d9618a38530935e5d31','2f22ec9ba47efb575f4bd068e92dc9b9a10b1e686c61a981253eb9def539db3b');
INSERT INTO "units" VALUES(8,1,'oven_0009','oven_0009','Q4','thing 4','query','animal','image_1','@PLACE@/photos','image_1.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'24947b9ada57edd84fda0ddc30084a17a6f087e1d55564acaa4152ff3ab8f9d2','6b4c657d5b57a8061db31ad666dcef7d5a0e500f09601b9a492e09152d426c8a');
INSERT INTO "units" VALUES(9,1,'oven_0034','oven_0034','Q17','thing 17','wiki','plant','image_2','@PLACE@/photos','image_2.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'a4b2db2346794713425660904cec8cba24a431746a720e0319e5e7c49839e3d0','0d96d113e9d3b9662a9dd3f1b51428073473691ac5fb62a301dd04c1a1984897');
INSERT INTO "units" VALUES(10,1,'oven_0004','oven_0004','Q2','thing 2','wiki','animal','image_0','@PLACE@/photos','image_0.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'a2dbc46579ce84d8fc176b43513cdeeb53452fe1f9a58b64596e41d8f7059700','2a8298ad0b393e3120c0c917e9ef29e4105ec433acbdc12b5e3d1bf99a9ccc9d');
INSERT INTO "units" VALUES(11,1,'oven_0023','oven_0023','Q11','thing 11','wiki','plant','image_3','@PLACE@/photos','image_3.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'20e410fbaa8f36bd2914fb5dcfa2ef2d4b26495688fc28aa792b58288880b7e6','2d8926567eeb4b0ab4046d7bf6a5067b6a98ebc468e02f07f5821e4d7719db98');
INSERT INTO "units" VALUES(12,1,'oven_0017','oven_0017','Q8','thing 8','wiki','animal','image_1','@PLACE@/photos','image_1.jpg','what is this?',2,6,3.33333333333333314829e-01,3.0,1.5,'75cec0333f678e3de0224b6e8559e1f08733ad03f2f1104aca76a03f1e9371e5','3ff4987fbc43ad3754bbab2890dd8a91c8cc90e6e4509585b9838925c896b930');
CREATE INDEX ix_journal_standing ON journal (mask_id, reviewer_id, entry_id);
CREATE INDEX ix_units_sample_id ON units (sample_id);
CREATE INDEX ix_unit_masks_mask_id ON unit_masks (mask_id);
COMMIT;
