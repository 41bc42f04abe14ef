// Dashes: figures of a legend that are not known are "-", as everywhere in virtscope; RRDtool writes "-nan".
//
// It tells which are by PRINT, so a graph is asked for twice: with questions(), then as answered() has it.
#pragma once

#include <string>
#include <vector>

namespace virtscope::exporters::graph {

// For each GPRINT among the arguments of a graph, in order, a PRINT of the same figure.
std::vector<std::string> questions(const std::vector<std::string>& arguments);

// `printed`: what became of the questions. Each GPRINT of an unknown figure gives way to a dash of the same width.
std::vector<std::string> answered(std::vector<std::string> arguments, const std::vector<std::string>& printed);

}  // namespace virtscope::exporters::graph
