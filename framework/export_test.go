package framework

// Unzip lets a test set the limit.
var Unzip = unzip
