-- Condensed from the constructs of Magento (Adobe Commerce): attributes and values in tables by type, a comment on every column,
-- foreign keys with long names, money as decimal(20,4), index tables in MEMORY, change logs filled by triggers, prices by period.
-- Our own words, MIT licence.

CREATE TABLE `store` (
  `store_id` smallint(5) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Store ID',
  `code` varchar(32) DEFAULT NULL COMMENT 'Code',
  `website_id` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'Website ID',
  `name` varchar(255) NOT NULL COMMENT 'Store Name, shown in the shop''s header',
  `sort_order` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'Sort Order',
  `is_active` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'Is Active',
  PRIMARY KEY (`store_id`),
  UNIQUE KEY `STORE_CODE` (`code`),
  KEY `STORE_IS_ACTIVE_SORT_ORDER` (`is_active`,`sort_order`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci COMMENT='Stores';

CREATE TABLE `customer_entity` (
  `entity_id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Entity ID',
  `email` varchar(255) DEFAULT NULL COMMENT 'Email',
  `store_id` smallint(5) unsigned DEFAULT 0 COMMENT 'Store ID',
  `created_at` timestamp NOT NULL DEFAULT current_timestamp() COMMENT 'Created At',
  `updated_at` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp() COMMENT 'Updated At',
  `first_failure` timestamp NULL DEFAULT NULL COMMENT 'First Failure',
  `dob` date DEFAULT NULL COMMENT 'Date of Birth',
  `rp_token` varchar(128) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL COMMENT 'Reset password token',
  `gender` smallint(5) unsigned DEFAULT NULL COMMENT 'Gender',
  `default_billing` int(10) unsigned DEFAULT NULL COMMENT 'Default Billing Address',
  PRIMARY KEY (`entity_id`),
  UNIQUE KEY `CUSTOMER_ENTITY_EMAIL_STORE_ID` (`email`,`store_id`),
  KEY `CUSTOMER_ENTITY_CREATED_AT` (`created_at` DESC) COMMENT 'newest customers first',
  CONSTRAINT `CUSTOMER_ENTITY_STORE_ID_STORE_STORE_ID` FOREIGN KEY (`store_id`) REFERENCES `store` (`store_id`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=100 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Customer Entity';

CREATE TABLE `customer_address_entity` (
  `entity_id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Entity ID',
  `parent_id` int(10) unsigned DEFAULT NULL COMMENT 'Parent ID',
  `street` text NOT NULL COMMENT 'Street Address',
  `country_id` char(2) CHARACTER SET latin1 NOT NULL DEFAULT 'DE' COMMENT 'Country',
  PRIMARY KEY (`entity_id`),
  KEY `CUSTOMER_ADDRESS_ENTITY_STREET` (`street`(20)),
  CONSTRAINT `CUSTOMER_ADDRESS_ENTITY_PARENT_ID_CUSTOMER_ENTITY_ENTITY_ID` FOREIGN KEY (`parent_id`) REFERENCES `customer_entity` (`entity_id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Customer Address Entity';

-- A customer has a default address, an address its customer.
ALTER TABLE `customer_entity` ADD CONSTRAINT `CUSTOMER_DEFAULT_BILLING` FOREIGN KEY (`default_billing`) REFERENCES `customer_address_entity` (`entity_id`) ON DELETE SET NULL ON UPDATE RESTRICT;

CREATE TABLE `catalog_product_entity` (
  `entity_id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Entity ID',
  `type_id` enum('simple','virtual','configurable','bundle') NOT NULL DEFAULT 'simple' COMMENT 'Type ID',
  `sku` varchar(64) COLLATE utf8mb4_bin NOT NULL COMMENT 'SKU',
  `has_options` tinyint(1) NOT NULL DEFAULT 0 COMMENT 'Has Options',
  `options` set('gift','backorder','download') DEFAULT NULL COMMENT 'Options',
  `sku_length` int(11) GENERATED ALWAYS AS (char_length(`sku`)) STORED COMMENT 'Length of SKU',
  PRIMARY KEY (`entity_id`),
  UNIQUE KEY `CATALOG_PRODUCT_ENTITY_SKU` (`sku`),
  KEY `CATALOG_PRODUCT_ENTITY_SKU_LENGTH` (`sku_length`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Catalog Product Table';

CREATE TABLE `catalog_product_entity_decimal` (
  `value_id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'Value ID',
  `attribute_id` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'Attribute ID',
  `store_id` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'Store ID',
  `entity_id` int(10) unsigned NOT NULL DEFAULT 0 COMMENT 'Entity ID',
  `value` decimal(20,6) DEFAULT NULL COMMENT 'Value',
  PRIMARY KEY (`value_id`),
  UNIQUE KEY `CAT_PRD_ENTT_DEC_ENTT_ID_ATTR_ID_STORE_ID` (`entity_id`,`attribute_id`,`store_id`) USING BTREE,
  CONSTRAINT `CAT_PRD_ENTT_DEC_ENTT_ID_CAT_PRD_ENTT_ENTT_ID` FOREIGN KEY (`entity_id`) REFERENCES `catalog_product_entity` (`entity_id`) ON DELETE CASCADE,
  CONSTRAINT `CAT_PRD_ENTT_DEC_STORE_ID_STORE_STORE_ID` FOREIGN KEY (`store_id`) REFERENCES `store` (`store_id`) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Catalog Product Decimal Attribute Backend Table';

CREATE TABLE `catalog_product_special_price` (
  `entity_id` int(10) unsigned NOT NULL,
  `valid_from` date NOT NULL,
  `valid_to` date NOT NULL,
  `price` decimal(20,4) NOT NULL DEFAULT 0.0000 CHECK (`price` >= 0),
  PERIOD FOR `validity` (`valid_from`,`valid_to`),
  PRIMARY KEY (`entity_id`,`validity` WITHOUT OVERLAPS)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Special prices by date';

CREATE TABLE `sales_order` (
  `entity_id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Entity ID',
  `increment_id` bigint(20) DEFAULT nextval(`sequence_order_1`) COMMENT 'Number that the customer sees',
  `invoice_no` bigint(20) NOT NULL DEFAULT (nextval(`sequence-invoice`)),
  `state` varchar(32) DEFAULT NULL COMMENT 'State',
  `store_id` smallint(5) unsigned DEFAULT NULL COMMENT 'Store ID',
  `customer_id` int(10) unsigned DEFAULT NULL COMMENT 'Customer ID',
  `grand_total` decimal(20,4) DEFAULT NULL COMMENT 'Grand Total',
  `tax_exact` decimal(65,30) DEFAULT NULL COMMENT 'Tax before rounding',
  `weight` decimal(12,4) unsigned DEFAULT 0.0000 COMMENT 'Weight',
  `original` int(10) unsigned DEFAULT NULL COMMENT 'Order that was edited',
  `remote_ip` inet6 DEFAULT NULL COMMENT 'Remote IP',
  `protect_code` char(32) NOT NULL DEFAULT (md5(uuid())) COMMENT 'Protect Code',
  PRIMARY KEY (`entity_id`),
  UNIQUE KEY `SALES_ORDER_INCREMENT_ID_STORE_ID` (`increment_id`,`store_id`),
  KEY `SALES_ORDER_STATE` (`state`) IGNORED,
  CONSTRAINT `SALES_ORDER_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID` FOREIGN KEY (`customer_id`) REFERENCES `customer_entity` (`entity_id`) ON DELETE SET NULL,
  CONSTRAINT `SALES_ORDER_STORE_ID_STORE_STORE_ID` FOREIGN KEY (`store_id`) REFERENCES `store` (`store_id`) ON DELETE NO ACTION ON UPDATE CASCADE,
  CONSTRAINT `SALES_ORDER_ORIGINAL` FOREIGN KEY (`original`) REFERENCES `sales_order` (`entity_id`) ON DELETE RESTRICT,
  CONSTRAINT `SALES_ORDER_TOTALS` CHECK (`grand_total` is null or `grand_total` > -1000000 and `state` <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Sales Flat Order' ROW_FORMAT=DYNAMIC;

CREATE TABLE `catalog_product_index_price_tmp` (
  `entity_id` int(10) unsigned NOT NULL,
  `customer_group_id` int(10) unsigned NOT NULL,
  `website_id` smallint(5) unsigned NOT NULL,
  `final_price` decimal(20,6) DEFAULT NULL,
  PRIMARY KEY (`website_id`,`entity_id`,`customer_group_id`) USING HASH,
  KEY `PRICE_TMP_FINAL` (`final_price`) USING BTREE
) ENGINE=MEMORY DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Temporary index, gone after a restart';

CREATE TABLE `report_viewed_product_index` (
  `index_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Index ID',
  `product_id` int(10) unsigned NOT NULL COMMENT 'Product ID',
  `visitor` uuid DEFAULT NULL COMMENT 'Visitor',
  `added_at` datetime NOT NULL DEFAULT current_timestamp() COMMENT 'Added At',
  PRIMARY KEY (`index_id`,`added_at`),
  KEY `REPORT_VIEWED_ADDED_AT` (`added_at`)
) ENGINE=InnoDB AUTO_INCREMENT=5000 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Reports Viewed Product Index Table'
PARTITION BY RANGE (year(`added_at`)) (
  PARTITION `p2023` VALUES LESS THAN (2024),
  PARTITION `p2024` VALUES LESS THAN (2025),
  PARTITION `p_rest` VALUES LESS THAN MAXVALUE
);

CREATE TABLE `catalog_product_price_cl` (
  `version_id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Version ID',
  `entity_id` int(10) unsigned NOT NULL DEFAULT 0 COMMENT 'Entity ID',
  PRIMARY KEY (`version_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='Change log';

CREATE TRIGGER `trg_catalog_product_entity_decimal_after_insert` AFTER INSERT ON `catalog_product_entity_decimal` FOR EACH ROW
  INSERT IGNORE INTO `catalog_product_price_cl` (`entity_id`) VALUES (NEW.`entity_id`);
CREATE TRIGGER `trg_catalog_product_entity_decimal_after_delete` AFTER DELETE ON `catalog_product_entity_decimal` FOR EACH ROW
  INSERT IGNORE INTO `catalog_product_price_cl` (`entity_id`) VALUES (OLD.`entity_id`);

CREATE SQL SECURITY INVOKER VIEW `inventory_stock_1` AS
  SELECT `p`.`entity_id` AS `product_id`, `p`.`sku` AS `sku`, coalesce(sum(`d`.`value`), 0) AS `quantity`
  FROM `catalog_product_entity` `p` LEFT JOIN `catalog_product_entity_decimal` `d` ON `d`.`entity_id` = `p`.`entity_id` GROUP BY `p`.`entity_id`, `p`.`sku`;
CREATE VIEW `inventory_out` AS SELECT `sku` FROM `inventory_stock_1` WHERE `quantity` <= 0;
