-- Names for mail programs and MTA-STS (model/mail_client.h, model/mta_sts.h): what the world was seen to get, and what it is told.
ALTER TABLE domain ADD COLUMN web_hosts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN web_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN mta_sts TEXT NOT NULL DEFAULT 'off';
ALTER TABLE domain ADD COLUMN mta_sts_since_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN mta_sts_good_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN mta_sts_id TEXT NOT NULL DEFAULT '';
