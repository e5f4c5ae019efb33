cfisac_test(test_report LINK cfisac_report PkgConfig::CJSON)
cfisac_test(test_report_causes LINK cfisac_report)
