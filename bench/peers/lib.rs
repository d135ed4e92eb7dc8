// SPDX-License-Identifier: MIT
// Empty: a cargo manifest needs a target, and this one only names sources.
