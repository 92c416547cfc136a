// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing of its own: the target that it makes holds the headers that all engine tests have precompiled.
