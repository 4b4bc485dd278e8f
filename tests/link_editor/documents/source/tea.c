#include <https://no.example/include>
/* https://tea.example/block
 * https://tea.example/a*b
 */
static const char *url = "https://no.example/string /* // https://no.example/string"; // https://tea.example/line
