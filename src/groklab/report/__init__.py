"""Pipeline outputs -> one self-contained HTML page. Reads files only; knows no network and no tracker."""
