"use strict";
// Temporal's SDK loads a failure converter by path, from CommonJS.
const { DefaultFailureConverter } = require("@temporalio/common");

/** Moves messages and stack traces of failures into payloads, which the codec encrypts. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
