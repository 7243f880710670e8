namespace Gdn.Harness.Checks;

/// <summary>An engine did something that <see cref="Engines.IModelEngine"/> rules out, without throwing.</summary>
/// <param name="what">What.</param>
public sealed class ContractException(string what) : Exception(what);
