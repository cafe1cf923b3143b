package storetest
import "testing"
var versionCases, deleteCases, settingsCases, referenceCases, listCases, concurrentCases []testCase
func againstModel(t *testing.T, open Open) {}
