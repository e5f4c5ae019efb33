cfisac_test(test_report LINK cfisac_report PkgConfig::CJSON)
