namespace Gdn.Reference.Models;

/// <summary>Reads a size from a file's metadata.</summary>
/// <param name="key">Its key, without the architecture before it.</param>
/// <param name="fallback">What it is where the key is missing; null if it must be there.</param>
/// <param name="max">The largest that is believed.</param>
/// <exception cref="InputException">It is missing, not positive or absurd.</exception>
internal delegate int SizeReader(string key, int? fallback = null, int max = 1 << 24);
