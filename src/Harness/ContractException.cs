using Gdn.Reference.Engines;

namespace Gdn.Harness;

/// <summary>An engine did something that <see cref="IModelEngine"/> rules out, without throwing.</summary>
/// <param name="what">What.</param>
public sealed class ContractException(string what) : Exception(what);
